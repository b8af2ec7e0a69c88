// node-oidc-provider, set up as our provider is: ES256, PKCE S256 demanded, one confidential client with
// client_secret_basic, refresh tokens that rotate at every use. All else is as it comes.
// Accounts are made up in memory and every interaction is answered at once with yes: only the protocol is measured.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import { Provider } from 'oidc-provider';

import RedisAdapter from './redis_adapter.mjs';

const port = Number(process.env.PEER_PORT);
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(issuer, {
  adapter: RedisAdapter,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' }] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  clients: [
    {
      client_id: process.env.PEER_CLIENT_ID,
      client_secret: process.env.PEER_CLIENT_SECRET,
      redirect_uris: [process.env.PEER_REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  claims: {
    openid: ['sub'],
    profile: ['name', 'given_name', 'family_name', 'updated_at'],
    email: ['email', 'email_verified'],
  },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: 'Ada Bench',
      given_name: 'Ada',
      family_name: 'Bench',
      updated_at: 1790000000,
      email: `${id}@example.org`,
      email_verified: true,
    }),
  }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: {
    AccessToken: 300,
    AuthorizationCode: 60,
    ClientCredentials: 300,
    IdToken: 300,
    RefreshToken: 43200,
    Interaction: 3600,
    Session: 43200,
    Grant: 43200,
  },
});

async function agree(request, response) {
  const { params, session, grantId } = await provider.interactionDetails(request, response);
  const accountId = session?.accountId ?? params.login_hint;
  const grant = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

provider.on('server_error', (_ctx, error) => console.error(error));
const answer = provider.callback();
createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) {
    agree(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  } else {
    answer(request, response);
  }
}).listen(port, '127.0.0.1');
