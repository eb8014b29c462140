// What pages gain when script runs. Every page works without it: see each part's own words.
(function () {
  "use strict";

  // A sent form can't be sent twice: its button says that it is on its way.
  document.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (!button || event.defaultPrevented) return;
    if (button.hasAttribute("data-sending")) { event.preventDefault(); return; }
    var words = button.getAttribute("data-busy");
    if (!words) return;
    button.setAttribute("data-sending", "");
    button.setAttribute("aria-disabled", "true");
    button.textContent = words;
    say(words);
  });

  // Coming back by the browser's own button finds the form ready again.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });

  // "/" goes to the search box, unless one is typing or has turned such keys off.
  document.addEventListener("keydown", function (event) {
    var find = document.getElementById("find");
    var typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || !find || !find.hasAttribute("data-keys") || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    find.focus();
  });

  // A toast goes after six seconds, unless someone is on it; it can be sent away at once. What it says was done once: the word
  // that brought it leaves the address, so that neither a reload nor a bookmark says it again.
  function watch(toast) {
    var here = new URL(window.location.href);
    if (here.searchParams.has("done")) {
      here.searchParams.delete("done");
      window.history.replaceState(null, "", here);
    }
    say(toast.querySelector("p").textContent);
    var away = toast.querySelector("[data-away]");
    if (away) {
      away.hidden = false;
      away.addEventListener("click", function () { toast.remove(); });
    }
    if (toast.hasAttribute("data-stays")) return;
    var leave = function () {
      if (toast.matches(":hover, :focus-within")) window.setTimeout(leave, 6000);
      else toast.remove();
    };
    window.setTimeout(leave, 6000);
  }

  function say(words) {
    var region = document.getElementById("said");
    if (region) region.textContent = words;
  }

  function ready(within) {
    var summary = within.querySelector("#error-summary");
    if (summary) summary.focus();
    within.querySelectorAll("[data-toast]").forEach(watch);
  }

  // What htmx swapped in is announced by its own words, when it gives some.
  document.addEventListener("htmx:afterSettle", function (event) {
    var said = event.detail.elt.querySelector("[data-say]");
    if (said) say(said.getAttribute("data-say"));
    ready(event.detail.elt);
  });

  // A visit of the diary can be dragged to a gap: that sends the form of its page, which looks at everything again. Whoever has no
  // mouse opens the visit and presses "Move it".
  var dropped = document.getElementById("dropped"), dragged = null;
  if (dropped) {
    document.addEventListener("dragstart", function (event) {
      dragged = event.target.closest("[data-move]");
      if (dragged) event.dataTransfer.setData("text/plain", "");
    });
    document.addEventListener("dragend", function () { dragged = null; });
    ["dragover", "dragleave", "drop"].forEach(function (kind) {
      document.addEventListener(kind, function (event) {
        var gap = dragged && event.target.closest("[data-free]");
        if (!gap) return;
        event.preventDefault();
        gap.classList.toggle("slot-onto", kind === "dragover");
        if (kind === "drop") send(dragged, gap);
      });
    });
  }

  function send(visit, gap) {
    var day = gap.getAttribute("data-day").split("-");
    var values = {
      practitioner: gap.getAttribute("data-practitioner"), starts: gap.getAttribute("data-free"),
      on_day: day[2], on_month: day[1], on_year: day[0]
    };
    Object.keys(values).forEach(function (name) {
      var box = document.createElement("input");
      box.type = "hidden";
      box.name = name;
      box.value = values[name];
      dropped.append(box);
    });
    dropped.action = visit.getAttribute("data-move");
    dropped.submit();
  }

  ready(document);
})();
