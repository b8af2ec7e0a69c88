// Goes on when every module's frame has loaded, or when one takes too long (OpenID Connect Front-Channel Logout 1.0).
(() => {
  "use strict";

  const LONGEST_MS = 5000;
  let loaded = 0;
  let ready = false;
  let gone = false;

  function goOn() {
    if (gone) return;
    gone = true;
    // In place of this page: "back" must not ask the modules again.
    window.location.replace(document.querySelector("[data-go-on]").href);
  }

  function look() {
    if (ready && loaded >= document.querySelectorAll("iframe").length) goOn();
  }

  // Heard while it goes down: a frame may be there before the page is read to its end.
  document.addEventListener(
    "load",
    (event) => {
      if (event.target instanceof HTMLIFrameElement) {
        loaded += 1;
        look();
      }
    },
    true,
  );
  document.addEventListener("DOMContentLoaded", () => {
    ready = true;
    look();
    setTimeout(goOn, LONGEST_MS);
  });
})();
