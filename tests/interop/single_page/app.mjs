// A public client in the browser on oidc-client-ts: it has no secret, and all it holds ends with its tab.
const { UserManager, WebStorageStateStore } = globalThis.oidc; // from the script before this one
const settings = await (await fetch("/settings.json")).json(); // authority, client_id, scope
const origin = location.origin;

const manager = new UserManager({
  redirect_uri: `${origin}/callback`,
  silent_redirect_uri: `${origin}/callback`,
  post_logout_redirect_uri: `${origin}/signed-out`,
  loadUserInfo: true,
  automaticSilentRenew: false,
  revokeTokenTypes: ["refresh_token"],
  userStore: new WebStorageStateStore({ store: sessionStorage }),
  ...settings,
});

const say = (what) => (document.querySelector("#said").textContent = JSON.stringify(what));
const tried = (action) => () =>
  Promise.resolve()
    .then(action)
    .catch((error) => say({ error: error.error ?? error.message }));
const on = (id, action) => document.querySelector(`#${id}`).addEventListener("click", tried(action));

const known = ({ access_token, refresh_token, profile, session_state }) => ({
  access_token,
  refresh_token,
  session_state,
  profile,
});

on("sign-in", () => manager.signinRedirect());
on("renew", async () => say(known(await manager.signinSilent())));
on("revoke", async () => {
  await manager.revokeTokens();
  say({ revoked: true });
});
on("sign-out", () => manager.signoutRedirect({ state: "bye" }));

// Learns of a sign-out elsewhere through the provider's frame (Session Management 3).
on("watch", () => {
  manager.events.addUserSignedOut(() => say({ signed_out: true }));
  say({ watching: true });
});

await tried(async () => {
  if (location.pathname === "/callback") {
    const user = await manager.signinCallback(); // in the frame of a silent renewal it tells the page around it instead
    if (user) say(known(user));
  }
  if (location.pathname === "/signed-out") say({ state: (await manager.signoutCallback()).userState });
})();
