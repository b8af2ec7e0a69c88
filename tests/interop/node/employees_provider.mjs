// An upstream for employees on oidc-provider: anybody in PEOPLE may sign in by name, with a second factor when it is asked for.
import http from "node:http";
import * as oidc from "oidc-provider";

const { PORT, ISSUER, RETURN, CLIENT_ID, CLIENT_SECRET, MFA } = process.env;
const people = JSON.parse(process.env.PEOPLE);

const provider = new oidc.Provider(ISSUER, {
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [RETURN],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  acrValues: [MFA],
  claims: { openid: ["sub", "acr", "amr"], email: ["email", "email_verified"], profile: ["given_name", "family_name"] },
  cookies: { keys: ["only-in-tests"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
  // The agency has agreed to our client for all its people.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      accountId: ctx.oidc.session.accountId,
      clientId: ctx.oidc.client.clientId,
    });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
  ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 600, Session: 3600, Grant: 3600 },
});

const page = (details) => `<!doctype html><html lang="en"><title>Agency sign-in</title><link rel="icon" href="data:,">
<main><h1>Agency sign-in</h1><form method="post">
<label>Name <input name="login" value="${(details.params.login_hint ?? "").replace(/[^\w@.-]/g, "")}"></label>
<button name="do" value="sign-in">Sign in at the agency</button> <button name="do" value="cancel">Cancel</button>
</form></main></html>`;

async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    return response.end(page(details));
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const form = new URLSearchParams(body);
  const accountId = Object.keys(people).find((id) => people[id].email === form.get("login"));
  if (form.get("do") === "cancel" || !accountId) {
    return provider.interactionFinished(request, response, { error: "access_denied" });
  }
  const strong = (details.params.acr_values ?? "").split(" ").includes(MFA);
  const login = strong ? { accountId, acr: MFA, amr: ["pwd", "mfa"] } : { accountId, amr: ["pwd"] };
  return provider.interactionFinished(request, response, { login });
}

const callback = provider.callback();
http
  .createServer((request, response) => {
    const answer = request.url.startsWith("/interaction/") ? interact(request, response) : callback(request, response);
    Promise.resolve(answer).catch((error) => {
      console.error(error);
      response.statusCode = 500;
      response.end();
    });
  })
  .listen(Number(PORT), "127.0.0.1");
