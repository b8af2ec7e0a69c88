// The captcha's box: which program does its sum, its words in the reader's language, and what a screen reader is told.
import "../altcha/altcha.min.js";

const registry = globalThis.$altcha;
const box = document.querySelector("altcha-widget");
const form = box.closest("form");
const status = form.querySelector("[data-captcha-status]");
const words = box.dataset;

registry.algorithms.set("PBKDF2/SHA-256", () => new Worker(new URL("../altcha/pbkdf2.js", import.meta.url)));
// How somebody moves the mouse is nobody's business.
registry.defaults.set({ humanInteractionSignature: false, hideFooter: true, hideLogo: true });
registry.i18n.set(document.documentElement.lang, {
  ...registry.i18n.get("en"),
  label: words.label,
  verifying: words.verifying,
  verified: words.verified,
  waitAlert: words.verifying,
  error: words.error,
  expired: words.error,
});

let state = "unverified";
let sendWhenDone = false;
box.addEventListener("statechange", (event) => {
  state = event.detail.state;
  status.textContent = words[state] ?? "";
  if (state === "verified" && sendWhenDone) {
    form.requestSubmit();
  }
  sendWhenDone = sendWhenDone && state === "verifying";
});

// Sent before the check mark: it goes off by itself as soon as that is there.
form.addEventListener(
  "submit",
  (event) => {
    if (event.submitter?.hasAttribute("data-without-captcha")) {
      // For whom the box does not work: the box must not hold this up.
      event.stopImmediatePropagation();
      return;
    }
    if (state === "verifying") {
      event.preventDefault();
      event.stopImmediatePropagation();
      sendWhenDone = true;
    }
  },
  { capture: true },
);
