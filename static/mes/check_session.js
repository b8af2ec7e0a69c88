// The provider's frame of OpenID Connect Session Management 1.0 (3.2): tells the page that asks whether its session_state
// still fits this browser.
(() => {
  "use strict";

  const COOKIE = `${document.currentScript.dataset.cookie}=`;
  const STATE = /^[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{1,64}$/;

  // Another site in the same page has no business here.
  function isOfParent(origin) {
    const parents = window.location.ancestorOrigins;
    if (parents) return parents.length > 0 && parents[0] === origin;
    return !document.referrer || new URL(document.referrer).origin === origin;
  }

  function held() {
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(COOKIE));
    return found ? found.slice(COOKIE.length) : "";
  }

  async function hash(text) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
    return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }

  async function answer(message, origin) {
    const parts = typeof message === "string" ? message.split(" ") : [];
    if (parts.length !== 2 || !parts[0] || !STATE.test(parts[1])) return "error";
    // A browser that hides our cookies here hides whether anything changed: "changed" would send the client round for ever.
    if (!window.crypto?.subtle || (document.hasStorageAccess && !(await document.hasStorageAccess()))) return "error";
    const [, salt] = parts[1].split(".");
    const now = await hash(`${parts[0]} ${origin} ${held()} ${salt}`);
    return `${now}.${salt}` === parts[1] ? "unchanged" : "changed";
  }

  window.addEventListener("message", async (event) => {
    if (!event.source || event.origin === "null" || !isOfParent(event.origin)) return;
    event.source.postMessage(await answer(event.data, event.origin), event.origin);
  });
})();
