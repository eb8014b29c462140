// Drawing a rectangle on a page fills in the four numbers of the form below it. Without script they are typed.
(function () {
  "use strict";
  var page = document.querySelector("[data-draw]");
  if (!page) return;
  var drawn = document.createElement("span"), start = null;
  drawn.className = "page-box";
  drawn.hidden = true;
  page.appendChild(drawn);
  page.classList.add("page-drawable");

  function place(event) {
    var frame = page.querySelector("img").getBoundingClientRect();
    function share(at, from, length) { return Math.min(Math.max((at - from) / length * 100, 0), 100); }
    return [share(event.clientX, frame.left, frame.width), share(event.clientY, frame.top, frame.height)];
  }
  function field(name) { return document.querySelector('[name="' + name + '"]'); }
  function show(left, top, width, height) {
    drawn.hidden = !(width > 0 && height > 0);
    drawn.style.setProperty("left", left + "%");
    drawn.style.setProperty("top", top + "%");
    drawn.style.setProperty("width", width + "%");
    drawn.style.setProperty("height", height + "%");
  }
  function between(one, other) {
    return [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.abs(one[0] - other[0]), Math.abs(one[1] - other[1])];
  }
  function typed() {
    show.apply(null, ["left", "top", "width", "height"].map(function (name) { return Number(field(name).value) || 0; }));
  }

  page.addEventListener("pointerdown", function (event) {
    if (event.button || event.pointerType === "touch") return; // a finger scrolls; who has no other types the numbers
    start = place(event);
    page.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  page.addEventListener("pointermove", function (event) {
    if (start) show.apply(null, between(start, place(event)));
  });
  page.addEventListener("pointerup", function (event) {
    if (!start) return;
    var box = between(start, place(event));
    start = null;
    if (box[2] < 0.1 || box[3] < 0.1) return;
    // Rather a little more than less: the edges go outwards to a tenth.
    var left = Math.floor(box[0] * 10) / 10, top = Math.floor(box[1] * 10) / 10;
    field("left").value = left.toFixed(1);
    field("top").value = top.toFixed(1);
    field("width").value = (Math.min(Math.ceil((box[0] + box[2]) * 10) / 10, 100) - left).toFixed(1);
    field("height").value = (Math.min(Math.ceil((box[1] + box[3]) * 10) / 10, 100) - top).toFixed(1);
    typed();
  });
  page.addEventListener("pointercancel", function () { start = null; });
  ["left", "top", "width", "height"].forEach(function (name) { field(name).addEventListener("input", typed); });
  typed();
})();
