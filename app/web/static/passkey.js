// Passkeys: between the desk's JSON and what the browser's authenticator wants and gives. Forms carry the result, so that
// the desk guards it like any other form. Without this script people sign in with password and code.
"use strict";
(() => {
  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const listed = (found = []) => found.map((one) => ({ ...one, id: bytes(one.id) }));

  const TROUBLE = {
    InvalidStateError: "This device has a passkey for your account already.",
    NotAllowedError: "The passkey was not used: it was cancelled, took too long, or this device has none.",
    NotSupportedError: "This device cannot make such a passkey. Use another device.",
    SecurityError: "Passkeys do not work at this address.",
  };
  function tell(problem) {
    const place = document.getElementById("passkey-trouble");
    place.textContent = TROUBLE[problem.name] ?? "The passkey could not be used. Please try again.";
    place.hidden = false;
  }

  async function create(options) {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: listed(options.excludeCredentials),
      },
    });
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response: {
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
      },
    };
  }

  async function show(options) {
    const shown = await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        allowCredentials: listed(options.allowCredentials),
      },
    });
    const { authenticatorData, clientDataJSON, signature, userHandle } = shown.response;
    return {
      id: shown.id,
      rawId: text(shown.rawId),
      type: shown.type,
      response: {
        authenticatorData: text(authenticatorData),
        clientDataJSON: text(clientDataJSON),
        signature: text(signature),
        userHandle: userHandle ? text(userHandle) : null,
      },
    };
  }

  // One press, one question: the button rests while the device asks.
  function on(form, work) {
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      document.getElementById("passkey-trouble").hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(await work());
        form.submit();
      } catch (problem) {
        tell(problem);
        button.disabled = false;
      }
    });
  }

  const adding = document.getElementById("passkey-new");
  if (adding) on(adding, () => create(JSON.parse(adding.dataset.options)));

  const signing = document.getElementById("passkey-sign-in");
  if (signing && window.PublicKeyCredential) {
    signing.hidden = false;
    on(signing, async () => {
      const answer = await fetch(signing.action, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error("no options");
      const { options, token } = await answer.json();
      signing.elements.token.value = token;
      return show(JSON.parse(options));
    });
  }
})();
