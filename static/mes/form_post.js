// Posts the answer to the client at once (OAuth 2.0 Form Post Response Mode); without script the person presses the button.
"use strict";
const form = document.querySelector("form[data-post-now]");
if (form) form.submit();
