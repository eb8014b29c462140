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

  // A draft is kept while somebody writes, so that a crash loses seconds. It goes to the same page as the button, which seals it;
  // nothing is kept in the browser. After a refusal the writer is told, and the button still works. Every keeping is an act in the
  // ledger: after the first one the next waits half a minute, and whoever turns to something else meanwhile loses nothing.
  document.querySelectorAll("form[data-keeps]").forEach(function (form) {
    var told = form.querySelector("[data-kept]"), waiting = null, busy = false, again = false, sent = null, pause = 3000;
    function keep(leaving) {
      waiting = null;
      if (busy) { again = true; return; }
      if (form.querySelector("[data-sending]")) return;
      busy = true;
      window.fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { "X-Troth-Keeps": "draft" }, redirect: "error", keepalive: leaving === true
      }).then(function (answer) {
        return answer.json().then(function (found) {
          told.textContent = found.said;
          if (!answer.ok) { say(found.said); return; }
          pause = 30000;
          form.action = found.action;
          form.elements.read.value = found.read;
        });
      }).catch(function () {
        told.textContent = "Not kept just now. Save it by the button below.";
      }).finally(function () {
        busy = false;
        if (sent) form.requestSubmit(sent);
        else if (again) { again = false; later(); }
      });
    }
    function later() {
      if (waiting === null) waiting = window.setTimeout(function () { keep(false); }, pause);
    }
    // What goes on while a page is left must be small, so a browser is asked for that only then.
    function now(leaving) {
      if (waiting === null) return;
      window.clearTimeout(waiting);
      keep(leaving);
    }
    form.addEventListener("focusout", function (event) {
      if (!form.contains(event.relatedTarget)) now(false);
    });
    window.addEventListener("blur", function () { now(false); });
    window.addEventListener("pagehide", function () { now(true); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) now(true); });
    form.addEventListener("input", function (event) {
      if (event.target.name !== "use") later();
    });
    // The button waits for what is on its way: it would send the version that stood before.
    form.addEventListener("submit", function (event) {
      window.clearTimeout(waiting);
      waiting = null;
      if (!busy || !event.submitter) return;
      sent = event.submitter;
      event.preventDefault();
    });
  });

  // A box to draw in: lines of points, as numbers in the drawing's own box, go with the form. What is drawn stands there at once.
  document.querySelectorAll("[data-pad]").forEach(function (pad) {
    var drawing = pad.querySelector("svg"), path = drawing.querySelector("path[data-lines]");
    var kept = pad.querySelector("input[type=hidden]"), lines = kept.value ? JSON.parse(kept.value) : [], line = null;
    function show() {
      path.setAttribute("d", lines.map(function (each) {
        return "M" + each.concat(each.length === 1 ? each : []).map(function (point) { return point.join(" "); }).join("L");
      }).join(""));
      kept.value = lines.length ? JSON.stringify(lines) : "";
    }
    function add(event) {
      var box = drawing.getBoundingClientRect(), size = drawing.viewBox.baseVal;
      var at = [
        Math.round((event.clientX - box.left) / box.width * size.width), Math.round((event.clientY - box.top) / box.height * size.height)
      ];
      at = [Math.min(Math.max(at[0], 0), size.width), Math.min(Math.max(at[1], 0), size.height)];
      var last = line[line.length - 1];
      if (last && Math.abs(last[0] - at[0]) + Math.abs(last[1] - at[1]) < 4) return;
      line.push(at);
      show();
    }
    drawing.addEventListener("pointerdown", function (event) {
      drawing.setPointerCapture(event.pointerId);
      line = [];
      lines.push(line);
      add(event);
      event.preventDefault();
    });
    drawing.addEventListener("pointermove", function (event) { if (line) add(event); });
    ["pointerup", "pointercancel"].forEach(function (kind) {
      drawing.addEventListener(kind, function () { line = null; });
    });
    pad.querySelector("[data-clear]").addEventListener("click", function () { lines = []; show(); });
    show();
    pad.hidden = false;
  });

  // Two photographs over each other: the slider says how much of the second is seen. Without script they stand side by side.
  document.querySelectorAll(".wipe").forEach(function (wipe) {
    var slider = wipe.querySelector("input");
    function cut() { wipe.style.setProperty("--cut", slider.value + "%"); }
    slider.addEventListener("input", cut);
    cut();
    wipe.hidden = false;
  });

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
