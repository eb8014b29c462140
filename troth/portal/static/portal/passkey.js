// Passkeys: asks the browser, puts its answer into the form, and sends the form. Nothing is fetched or kept.
(function () {
  "use strict";

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (c) { return c.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function wanted(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    ["excludeCredentials", "allowCredentials"].forEach(function (name) {
      (options[name] || []).forEach(function (each) { each.id = bytes(each.id); });
    });
    return options;
  }

  function answered(made) {
    var response = { clientDataJSON: text(made.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (made.response[name]) response[name] = text(made.response[name]);
    });
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response: response, clientExtensionResults: {} });
  }

  function begin(form) {
    var how = form.getAttribute("data-passkey");
    var said = form.querySelector("[data-said]");
    form.addEventListener("submit", function (event) {
      if (form.elements.answer.value || (form.elements.name && form.elements.name.value === "")) return;
      event.preventDefault();
      said.textContent = "Your device asks you now…";
      var options = { publicKey: wanted(JSON.parse(form.getAttribute("data-options"))) };
      navigator.credentials[how](options).then(function (made) {
        form.elements.answer.value = answered(made);
        form.requestSubmit();
      }).catch(function (error) {
        said.textContent = error.name === "InvalidStateError"
          ? "This device has a passkey for your account already."
          : "Nothing was done: it was cancelled, or your device has no passkey for this. You can try again.";
      });
    });
  }

  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("[data-passkey]").forEach(function (form) {
    form.hidden = false;
    begin(form);
  });
})();
