// A relying party on oauth4webapi, which leaves each request and each check to the caller; asked in lines (lines.mjs).
import * as oauth from "oauth4webapi";
import { answerLines } from "./lines.mjs";

const keys = new Map(); // by name: { privateKey, publicKey }
const parties = new Map(); // by client_id: { as, client, authentication, options, checks, device }
const insecure = { [oauth.allowInsecureRequests]: true }; // the provider is on this machine

const AUTHENTICATION = {
  client_secret_basic: ({ secret }) => oauth.ClientSecretBasic(secret),
  client_secret_post: ({ secret }) => oauth.ClientSecretPost(secret),
  client_secret_jwt: ({ secret }) => oauth.ClientSecretJwt(secret),
  private_key_jwt: ({ key }) => oauth.PrivateKeyJwt(signing(key)),
  none: () => oauth.None(),
};

const signing = (name) => ({ key: keys.get(name).privateKey, kid: name });

async function discover(issuer) {
  const url = new URL(issuer);
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
}

function remember(as, client, { method, dpop, jarm, ...credentials }) {
  const options = { ...insecure, [oauth.jwksCache]: {} };
  if (dpop) options.DPoP = oauth.DPoP(client, keys.get(dpop));
  parties.set(client.client_id, { as, client, options, jarm, authentication: AUTHENTICATION[method](credentials) });
}

// The first request to a server that wants its nonce in DPoP proofs is refused and teaches it (RFC 9449 8).
async function withNonce(ask) {
  try {
    return await ask();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return ask();
  }
}

async function tokens({ as, options }, response, processed) {
  const found = await processed;
  if (!found.id_token) return { tokens: found };
  await oauth.validateApplicationLevelSignature(as, response, options);
  return { tokens: found, claims: oauth.getValidatedIdTokenClaims(found) };
}

await answerLines({
  async key({ name, alg }) {
    const pair = await oauth.generateKeyPair(alg, { extractable: true });
    keys.set(name, pair);
    return { ...(await crypto.subtle.exportKey("jwk", pair.publicKey)), kid: name, alg, use: "sig" };
  },

  async discover({ issuer, client_id, metadata, ...how }) {
    const as = await discover(issuer);
    remember(as, { client_id, ...metadata }, how);
    return as;
  },

  async register({ issuer, metadata, initial_access_token, ...options }) {
    const as = await discover(issuer);
    const asked = { ...insecure, initialAccessToken: initial_access_token };
    const client = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(as, metadata, asked),
    );
    const method = client.token_endpoint_auth_method;
    remember(as, client, { method, secret: client.client_secret, ...options });
    return client;
  },

  async authorization({ client_id, parameters, signed, pushed }) {
    const party = parties.get(client_id);
    const { as, client, authentication, options, jarm } = party;
    const verifier = oauth.generateRandomCodeVerifier();
    party.checks = { verifier, state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce() };
    let asked = {
      client_id,
      response_type: "code",
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state: party.checks.state,
      nonce: party.checks.nonce,
      ...(jarm ? { response_mode: "jwt" } : {}),
      ...parameters,
    };
    party.checks.redirectUri = asked.redirect_uri;
    if (signed) {
      asked = { client_id, request: await oauth.issueRequestObject(as, client, new URLSearchParams(asked), signing(signed)) };
    }
    if (pushed) {
      const { request_uri } = await withNonce(async () =>
        oauth.processPushedAuthorizationResponse(
          as,
          client,
          await oauth.pushedAuthorizationRequest(as, client, authentication, new URLSearchParams(asked), options),
        ),
      );
      asked = { client_id, request_uri };
    }
    return `${as.authorization_endpoint}?${new URLSearchParams(asked)}`;
  },

  async finish({ client_id, url, form }) {
    const party = parties.get(client_id);
    const { as, client, authentication, options, checks, jarm } = party;
    const answered = form ? new URLSearchParams(form) : new URL(url);
    const checked = jarm
      ? await oauth.validateJwtAuthResponse(as, client, answered, checks.state, options)
      : oauth.validateAuthResponse(as, client, answered, checks.state);
    return withNonce(async () => {
      const { redirectUri, verifier, nonce } = checks;
      const redeemed = [as, client, authentication, checked, redirectUri, verifier, options];
      const response = await oauth.authorizationCodeGrantRequest(...redeemed);
      const expected = { expectedNonce: nonce, requireIdToken: true };
      return tokens(party, response, oauth.processAuthorizationCodeResponse(as, client, response, expected));
    });
  },

  async refresh({ client_id, refresh_token, parameters }) {
    const party = parties.get(client_id);
    const { as, client, authentication, options } = party;
    return withNonce(async () => {
      const asked = { ...options, additionalParameters: parameters };
      const response = await oauth.refreshTokenGrantRequest(as, client, authentication, refresh_token, asked);
      return tokens(party, response, oauth.processRefreshTokenResponse(as, client, response));
    });
  },

  async device({ client_id, parameters }) {
    const party = parties.get(client_id);
    const { as, client, authentication } = party;
    const response = await oauth.deviceAuthorizationRequest(as, client, authentication, parameters, insecure);
    party.device = await oauth.processDeviceAuthorizationResponse(as, client, response);
    return party.device;
  },

  async poll({ client_id }) {
    const party = parties.get(client_id);
    const { as, client, authentication, options, device } = party;
    return withNonce(async () => {
      const response = await oauth.deviceCodeGrantRequest(as, client, authentication, device.device_code, options);
      return tokens(party, response, oauth.processDeviceCodeResponse(as, client, response));
    });
  },

  async credentials({ client_id, parameters }) {
    const { as, client, authentication, options } = parties.get(client_id);
    return withNonce(async () => {
      const response = await oauth.clientCredentialsGrantRequest(as, client, authentication, parameters, options);
      return { tokens: await oauth.processClientCredentialsResponse(as, client, response) };
    });
  },

  async userinfo({ client_id, access_token, sub }) {
    const { as, client, options } = parties.get(client_id);
    return withNonce(async () => {
      const response = await oauth.userInfoRequest(as, client, access_token, options);
      const found = await oauth.processUserInfoResponse(as, client, sub, response);
      if (client.userinfo_signed_response_alg) await oauth.validateApplicationLevelSignature(as, response, options);
      return found;
    });
  },

  // Begins anew, with keys of the provider that were kept so long: one that is not among them is looked for once a minute.
  age({ client_id, seconds }) {
    const party = parties.get(client_id);
    party.options[oauth.jwksCache].uat -= seconds;
    party.as = { ...party.as }; // the cache that we keep counts for an object that is new to the library
  },

  async introspect({ client_id, token }) {
    const { as, client, authentication, options } = parties.get(client_id);
    const response = await oauth.introspectionRequest(as, client, authentication, token, options);
    const found = await oauth.processIntrospectionResponse(as, client, response);
    if (client.introspection_signed_response_alg) await oauth.validateApplicationLevelSignature(as, response, options);
    return found;
  },

  async revoke({ client_id, token }) {
    const { as, client, authentication } = parties.get(client_id);
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, authentication, token, insecure));
  },

  end_session({ client_id, parameters }) {
    const { as } = parties.get(client_id);
    return `${as.end_session_endpoint}?${new URLSearchParams({ client_id, ...parameters })}`;
  },

  async call({ client_id, access_token, url, method, body }) {
    const { options } = parties.get(client_id);
    const headers = new Headers(body ? { "content-type": "application/json" } : {});
    const json = body && JSON.stringify(body);
    const response = await withNonce(() =>
      oauth.protectedResourceRequest(access_token, method, new URL(url), headers, json, options),
    );
    return { status: response.status, text: await response.text() };
  },

  // What a protected API does with what it is shown (RFC 9068 4, RFC 9449 4.3).
  async accept({ issuer, audience, headers, url, method }) {
    const request = new Request(url, { method, headers });
    return oauth.validateJwtAccessToken(await discover(issuer), request, audience, insecure);
  },
});
