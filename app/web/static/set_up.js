// The secret of the link stands behind the "#", which browsers send to nobody. From there it goes into the form, and
// out of the address: not onto a screen that is shared, nor into the history. Without this script it is typed in.
"use strict";
(() => {
  const form = document.getElementById("link-form");
  const secret = location.hash.slice(1);
  if (!form || !secret) return;
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = secret;
  form.requestSubmit();
})();
