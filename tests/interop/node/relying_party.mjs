// A relying party on openid-client, configured by discovery alone; answers with what it learned, as JSON.
import { createServer } from "node:http";
import * as client from "openid-client";

const { PROVIDER, CLIENT_ID, CLIENT_SECRET, PORT, METHOD } = process.env;
const origin = `http://localhost:${PORT}`;
const redirectUri = `${origin}/callback`;
const authentication = { basic: client.ClientSecretBasic, post: client.ClientSecretPost }[METHOD](CLIENT_SECRET);
const config = await client.discovery(new URL(PROVIDER), CLIENT_ID, {}, authentication, {
  execute: [client.allowInsecureRequests], // both sides are on this machine
});
const begun = new Map();
let idToken;

async function begin(response) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  begun.set(state, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce });
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: "openid profile email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    max_age: "3600",
  });
  response.writeHead(302, { Location: url.href }).end();
}

async function finish(url, response) {
  const checks = begun.get(url.searchParams.get("state"));
  const tokens = await client.authorizationCodeGrant(config, url, { ...checks, maxAge: 3600, idTokenExpected: true });
  const claims = tokens.claims();
  const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  const again = await client.fetchUserInfo(config, refreshed.access_token, claims.sub);
  idToken = tokens.id_token;
  answer(response, { claims, person, again, rotated: refreshed.refresh_token !== tokens.refresh_token });
}

function signOut(response) {
  const url = client.buildEndSessionUrl(config, {
    id_token_hint: idToken,
    post_logout_redirect_uri: `${origin}/signed-out`,
    state: "bye",
  });
  response.writeHead(302, { Location: url.href }).end();
}

function answer(response, body, status = 200) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

createServer(async (request, response) => {
  const url = new URL(request.url, origin);
  try {
    if (url.pathname === "/") await begin(response);
    else if (url.pathname === "/callback") await finish(url, response);
    else if (url.pathname === "/sign-out") signOut(response);
    else if (url.pathname === "/signed-out") answer(response, { state: url.searchParams.get("state") });
    else answer(response, {}, 404);
  } catch (error) {
    answer(response, { error: `${error}`, cause: `${error.cause}`, code: error.code }, 500);
  }
}).listen(Number(PORT), "127.0.0.1");
