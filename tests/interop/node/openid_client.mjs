// A relying party on openid-client, configured by discovery alone; what it is to do comes in lines (lines.mjs).
import * as oidc from "openid-client";
import { answerLines } from "./lines.mjs";

const keys = new Map(); // by name: { privateKey, publicKey }
const parties = new Map(); // by client_id: { config, authentication, options, checks, device }

const AUTHENTICATION = {
  client_secret_basic: ({ secret }) => oidc.ClientSecretBasic(secret),
  client_secret_post: ({ secret }) => oidc.ClientSecretPost(secret),
  client_secret_jwt: ({ secret }) => oidc.ClientSecretJwt(secret),
  private_key_jwt: ({ key }) => oidc.PrivateKeyJwt(signing(key)),
  none: () => oidc.None(),
};

const signing = (name) => ({ key: keys.get(name).privateKey, kid: name });

// The provider is on this machine, without TLS, so signatures of ID Tokens are worth checking here too.
const setup = { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] };

function remember(config, authentication, { dpop, jarm }) {
  if (jarm) oidc.useJwtResponseMode(config);
  const options = dpop ? { DPoP: oidc.getDPoPHandle(config, keys.get(dpop)) } : {};
  parties.set(config.clientMetadata().client_id, { config, authentication, options });
  return config.serverMetadata();
}

const withClaims = (tokens) => ({ tokens, claims: tokens.claims?.() });

await answerLines({
  async key({ name, alg }) {
    const pair = await oidc.randomDPoPKeyPair(alg, { extractable: true });
    keys.set(name, pair);
    return { ...(await crypto.subtle.exportKey("jwk", pair.publicKey)), kid: name, alg, use: "sig" };
  },

  async discover({ issuer, client_id, metadata, method, ...credentials }) {
    const authentication = AUTHENTICATION[method](credentials);
    const config = await oidc.discovery(new URL(issuer), client_id, metadata, authentication, setup);
    return remember(config, authentication, credentials);
  },

  async register({ issuer, metadata, initial_access_token, ...options }) {
    const asked = { ...setup, initialAccessToken: initial_access_token };
    const config = await oidc.dynamicClientRegistration(new URL(issuer), metadata, undefined, asked);
    remember(config, undefined, options); // by the secret that it was given, in the form
    return config.clientMetadata();
  },

  async authorization({ client_id, parameters, signed, pushed }) {
    const party = parties.get(client_id);
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    party.checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    let asked = {
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ...parameters,
    };
    if (signed) {
      const url = await oidc.buildAuthorizationUrlWithJAR(party.config, asked, signing(signed));
      if (!pushed) return url;
      asked = url.searchParams;
    }
    if (pushed) return oidc.buildAuthorizationUrlWithPAR(party.config, asked, party.options);
    return oidc.buildAuthorizationUrl(party.config, asked);
  },

  async finish({ client_id, url, form }) {
    const { config, checks, options } = parties.get(client_id);
    const answer = form ? new Request(url, { method: "POST", body: new URLSearchParams(form) }) : new URL(url);
    return withClaims(await oidc.authorizationCodeGrant(config, answer, checks, undefined, options));
  },

  async refresh({ client_id, refresh_token, parameters }) {
    const { config, options } = parties.get(client_id);
    return withClaims(await oidc.refreshTokenGrant(config, refresh_token, parameters, options));
  },

  async device({ client_id, parameters }) {
    const party = parties.get(client_id);
    party.device = await oidc.initiateDeviceAuthorization(party.config, parameters);
    return party.device;
  },

  async poll({ client_id }) {
    const { config, device, options } = parties.get(client_id);
    return withClaims(await oidc.pollDeviceAuthorizationGrant(config, device, undefined, options));
  },

  async credentials({ client_id, parameters }) {
    const { config, options } = parties.get(client_id);
    return { tokens: await oidc.clientCredentialsGrant(config, parameters, options) };
  },

  userinfo({ client_id, access_token, sub }) {
    const { config, options } = parties.get(client_id);
    return oidc.fetchUserInfo(config, access_token, sub, options);
  },

  // Begins anew, with keys of the provider that were kept so long: one that is not among them is looked for once a minute.
  age({ client_id, seconds }) {
    const party = parties.get(client_id);
    const { jwks, uat } = oidc.getJwksCache(party.config);
    const [server, client] = [party.config.serverMetadata(), party.config.clientMetadata()];
    const again = new oidc.Configuration(server, client_id, client, party.authentication);
    for (const extend of setup.execute) extend(again);
    oidc.setJwksCache(again, { jwks, uat: uat - seconds });
    party.config = again;
  },

  introspect: ({ client_id, token }) => oidc.tokenIntrospection(parties.get(client_id).config, token),

  revoke: ({ client_id, token }) => oidc.tokenRevocation(parties.get(client_id).config, token),

  end_session: ({ client_id, parameters }) => oidc.buildEndSessionUrl(parties.get(client_id).config, parameters),

  async call({ client_id, access_token, url, method, body }) {
    const { config, options } = parties.get(client_id);
    const headers = new Headers(body ? { "content-type": "application/json" } : {});
    const json = body && JSON.stringify(body);
    const sent = [config, access_token, new URL(url), method, json, headers, options];
    const response = await oidc.fetchProtectedResource(...sent);
    return { status: response.status, text: await response.text() };
  },
});
