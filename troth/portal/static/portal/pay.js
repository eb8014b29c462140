// The payment firm's card fields: they are put in their place, and told when to pay. No figure of a card passes through here.
(function () {
  "use strict";

  var form = document.getElementById("pay");
  var said = document.getElementById("pay-said");
  if (!form) return;

  function say(words) {
    said.textContent = words;
  }

  if (typeof window.Stripe !== "function") {
    say("The payment firm’s fields could not be loaded. Nothing was taken. Open this page again in a few minutes.");
    return;
  }

  var firm = window.Stripe(form.dataset.key);
  var elements = firm.elements({ clientSecret: form.dataset.secret });
  elements.create("payment", { wallets: { applePay: "never", googlePay: "never" } }).mount("#card-fields");
  // Where no script runs, or the firm's does not, there is no button that would lead nowhere.
  form.querySelector(".acts").hidden = false;

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    say("");
    firm
      .confirmPayment({
        elements: elements,
        confirmParams: { return_url: window.location.origin + window.location.pathname },
      })
      .then(function (answer) {
        // Only what went wrong comes back here: else the firm leads back to this page, which asks it what happened.
        button.disabled = false;
        if (answer && answer.error) say(answer.error.message || "It did not work. Nothing was taken.");
      });
  });
})();
