// What a script adds to pages that work without one: focus on the error, a counted wait, ticking password rules.
(() => {
  "use strict";

  document.documentElement.classList.add("js");

  // SPECIALS are the 23 of fact S8; the server checks the same rules and decides.
  const SPECIALS = "~!@$%^&*_+`|\\[]:;'<>.?/";
  const RULES = {
    min_length: (password, item) => [...password].length >= Number(item.dataset.count),
    upper: (password) => /\p{Lu}/u.test(password),
    lower: (password) => /\p{Ll}/u.test(password),
    digit: (password) => /[0-9]/.test(password),
    special: (password) => [...password].some((character) => SPECIALS.includes(character)),
  };

  function focusOnError() {
    document.querySelector("[data-focus]")?.focus();
  }

  function sendOnce(form) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) {
        event.preventDefault();
        return;
      }
      sent = true;
      // Somebody who stopped a slow answer may try again.
      setTimeout(() => {
        sent = false;
      }, 5000);
    });
    // The back button may bring the page back as it was left.
    window.addEventListener("pageshow", () => {
      sent = false;
    });
  }

  function countDown(note) {
    const button = document.getElementById(note.dataset.waitFor);
    const until = Date.now() + Number(note.dataset.waitSeconds) * 1000;
    const refuse = (event) => event.preventDefault();
    button.setAttribute("aria-disabled", "true");
    button.addEventListener("click", refuse);
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        note.querySelector("[data-wait-left]").textContent = String(left);
        return;
      }
      clearInterval(timer);
      note.hidden = true;
      button.removeAttribute("aria-disabled");
      button.removeEventListener("click", refuse);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }

  function tickRules(list) {
    const input = document.getElementById(list.dataset.rulesFor);
    const status = list.querySelector("[data-rules-status]");
    const items = [...list.querySelectorAll("[data-rule]")].filter((item) => RULES[item.dataset.rule]);
    let speaking;
    const check = () => {
      const password = input.value.normalize("NFKC");
      let met = 0;
      for (const item of items) {
        const holds = RULES[item.dataset.rule](password, item);
        met += holds ? 1 : 0;
        item.dataset.state = holds ? "met" : "open";
        item.querySelector("[data-rule-state]").textContent = holds ? list.dataset.met : list.dataset.open;
      }
      clearTimeout(speaking);
      speaking = setTimeout(() => {
        status.textContent = list.dataset.status.replace("{met}", met).replace("{all}", items.length);
      }, 1000);
    };
    input.addEventListener("input", check);
    if (input.value) {
      check();
    }
  }

  // A User ID that was typed goes along to the page of a link, in this tab only and never in an address.
  const CARRIED = "mes-carried";

  function carry(event) {
    const link = event.target.closest("[data-carry]");
    if (link) {
      sessionStorage.setItem(CARRIED, document.getElementById(link.dataset.carry).value);
    }
  }

  function takeCarried(input) {
    input.value ||= sessionStorage.getItem(CARRIED) ?? "";
    sessionStorage.removeItem(CARRIED);
  }

  // Loading the page again is what keeps a session (WCAG 2.2.1).
  function warnBeforeIdle(alert) {
    const warnAfter = (Number(alert.dataset.idleSeconds) - 120) * 1000;
    setTimeout(() => {
      alert.hidden = false;
      // Screen readers say what is put into an alert, not what was in it.
      alert.append(alert.firstElementChild);
    }, Math.max(warnAfter, 0));
  }

  // Heard at the document, so that somebody quicker than a slow page is heard too.
  document.addEventListener("click", carry);

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[method=post]").forEach(sendOnce);
    document.querySelectorAll("[data-wait-for]").forEach(countDown);
    document.querySelectorAll("[data-rules-for]").forEach(tickRules);
    document.querySelectorAll("[data-idle-seconds]").forEach(warnBeforeIdle);
    document.querySelectorAll("[data-carried]").forEach(takeCarried);
    focusOnError();
  });
})();
