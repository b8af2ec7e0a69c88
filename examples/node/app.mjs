// A module in one file, on Node and openid-client: people sign in with MES, see who they are, and sign out of everything.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import * as client from "openid-client";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT = "5001" } = process.env;
const origin = `http://localhost:${PORT}`;
const onThisMachine = ISSUER.startsWith("http://localhost") ? { execute: [client.allowInsecureRequests] } : {};
const mes = await client.discovery( // everything else is read from there
  new URL(ISSUER), CLIENT_ID, {}, client.ClientSecretBasic(CLIENT_SECRET), onThisMachine,
);
const sessions = new Map(); // a real module keeps them in its database

async function signIn(response) {
  const id = randomUUID();
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  sessions.set(id, { checks });
  const url = client.buildAuthorizationUrl(mes, {
    redirect_uri: `${origin}/callback`,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), // MES demands PKCE of everybody
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  });
  go(response, url.href, id);
}

async function finish(url, session, response) {
  const tokens = await client.authorizationCodeGrant(mes, url, session.checks); // checks state, iss, signature, nonce, …
  const claims = tokens.claims();
  const told = await client.fetchUserInfo(mes, tokens.access_token, claims.sub); // name and e-mail address are there
  const id = randomUUID(); // a new session: nobody can have planted its cookie
  sessions.set(id, { person: { name: told.name, email: told.email, acr: claims.acr }, idToken: tokens.id_token });
  go(response, "/", id);
}

function signOut(id, response) {
  const url = client.buildEndSessionUrl(mes, {
    id_token_hint: sessions.get(id)?.idToken ?? "",
    post_logout_redirect_uri: `${origin}/signed-out`,
  });
  sessions.delete(id);
  go(response, url.href);
}

function go(response, location, id) {
  const cookie = id ? { "Set-Cookie": `example_node=${id}; Path=/; HttpOnly; SameSite=Lax` } : {};
  response.writeHead(303, { Location: location, ...cookie }).end();
}

function answer(response, body, status = 200) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

createServer(async (request, response) => {
  const url = new URL(request.url, origin);
  const id = /(?:^|; )example_node=([0-9a-f-]+)/.exec(request.headers.cookie ?? "")?.[1];
  const session = sessions.get(id) ?? {};
  try {
    if (url.pathname === "/callback" && session.checks) await finish(url, session, response);
    else if (url.pathname === "/sign-out") signOut(id, response);
    else if (url.pathname === "/signed-out") answer(response, { signed: "out" });
    else if (url.pathname !== "/") answer(response, {}, 404);
    else if (session.person) answer(response, session.person);
    else await signIn(response);
  } catch (error) {
    answer(response, { error: error.error ?? error.code ?? "sign_in_failed" }, 403);
  }
}).listen(Number(PORT), "127.0.0.1");
