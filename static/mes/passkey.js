// Has the browser ask for a passkey and sends what it answers with the page's form. What can go wrong has its words in the page.
const form = document.querySelector("form[data-passkey]");
const answer = form.elements.namedItem("answer");
const status = form.querySelector("[data-passkey-status]");
const alert = document.querySelector("[data-passkey-alert]");
const kind = form.dataset.passkey;
const options = JSON.parse(form.dataset.options);

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const textOf = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

// What JSON cannot carry is in base64url; newer browsers can read that themselves, older ones cannot.
function readable() {
  const known = (list) => list?.map((one) => ({ ...one, id: bytesOf(one.id) }));
  const read = { ...options, challenge: bytesOf(options.challenge) };
  if (kind === "create") {
    read.user = { ...options.user, id: bytesOf(options.user.id) };
    read.excludeCredentials = known(options.excludeCredentials);
  } else {
    read.allowCredentials = known(options.allowCredentials);
  }
  return { publicKey: read };
}

function written(credential) {
  const said = credential.response;
  const response = { clientDataJSON: textOf(said.clientDataJSON) };
  if (kind === "create") {
    response.attestationObject = textOf(said.attestationObject);
    response.transports = said.getTransports?.() ?? [];
  } else {
    response.authenticatorData = textOf(said.authenticatorData);
    response.signature = textOf(said.signature);
    response.userHandle = said.userHandle ? textOf(said.userHandle) : null;
  }
  return JSON.stringify({ id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response });
}

function tell(problem) {
  const words = form.querySelector(`template[data-problem="${problem}"], template[data-problem=failed]`).content;
  // Screen readers say what is put into an alert that is there.
  alert.hidden = false;
  alert.firstElementChild.replaceChildren(words.cloneNode(true));
  alert.focus();
}

// Browsers do not tell whether somebody said no or said nothing; how long it took does.
function problemOf(error, seconds) {
  if (error.name === "InvalidStateError") return "known";
  if (error.name === "NotSupportedError") return "unsupported";
  if (error.name !== "NotAllowedError" && error.name !== "AbortError") return "failed";
  return seconds * 1000 < options.timeout ? "cancelled" : "timed_out";
}

let asking = false;
async function ask(button) {
  if (asking) return;
  asking = true;
  button.setAttribute("aria-disabled", "true");
  alert.hidden = true;
  status.textContent = status.dataset.waiting;
  const began = performance.now();
  try {
    const credential = await navigator.credentials[kind](readable());
    answer.value = written(credential);
    form.requestSubmit(button);
  } catch (error) {
    tell(problemOf(error, (performance.now() - began) / 1000));
  } finally {
    status.textContent = "";
    button.removeAttribute("aria-disabled");
    asking = false;
  }
}

const isSupported = Boolean(globalThis.PublicKeyCredential && navigator.credentials?.[kind]);
if (!isSupported) {
  tell("unsupported");
}

// Before whatever else listens: a form without an answer does not go off.
form.addEventListener(
  "submit",
  (event) => {
    const button = event.submitter;
    const isReady = answer.value || button?.value === "decline" || form.elements.namedItem("name")?.value.trim() === "";
    if (isReady) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isSupported) {
      ask(button ?? form.querySelector("button[value=passkey]"));
    } else {
      tell("unsupported");
    }
  },
  { capture: true },
);

// The back button may bring the page back with an answer that was used.
window.addEventListener("pageshow", () => {
  answer.value = "";
});
