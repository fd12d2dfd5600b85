// What is selected in an exhibit becomes the place of a citation: words of a
// text by their characters, an area of a picture by its points. Without this
// file lines and rows are cited by their links.
"use strict";

(() => {
  const text = document.querySelector(".reader[data-exact]");
  if (text) words(text);
  const picture = document.querySelector(".reader.picture");
  if (picture) area(picture);

  function cite(reader, scheme, pinpoint) {
    const to = new URL(reader.dataset.cite, location.href);
    to.searchParams.set("scheme", scheme);
    to.searchParams.set("pinpoint", pinpoint);
    location.href = to.href;
  }

  function words(reader) {
    const button = reader.querySelector("[data-cite-selection]");
    if (!button) return;
    let from = 0, to = 0;

    document.addEventListener("selectionchange", () => {
      const chosen = document.getSelection();
      button.hidden = true;
      if (chosen.isCollapsed || !chosen.rangeCount) return;
      const range = chosen.getRangeAt(0);
      const first = offset(range.startContainer, range.startOffset), last = offset(range.endContainer, range.endOffset);
      if (first === null || last === null || last <= first) return;
      [from, to] = [first, last];
      button.hidden = false;
    });
    button.addEventListener("click", () => cite(reader, "chars", from + "-" + to));

    // offset counts characters (code points), as the exhibit does.
    function offset(node, within) {
      const line = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-offset]");
      if (!line || !reader.contains(line)) return null;
      const before = document.createRange();
      before.selectNodeContents(line);
      before.setEnd(node, within);
      return Number(line.dataset.offset) + [...before.toString()].length;
    }
  }

  function area(reader) {
    const image = reader.querySelector("img"), button = reader.querySelector("[data-cite-area]");
    if (!image || !button) return;
    const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    box.setAttribute("viewBox", `0 0 ${reader.dataset.width} ${reader.dataset.height}`);
    rect.setAttribute("class", "area choosing");
    box.append(rect);
    image.after(box);
    let start = null, chosen = null;

    const point = (event) => {
      const r = box.getBoundingClientRect();
      const at = (v, size, all) => Math.round(Math.max(0, Math.min(1, v / size)) * all);
      return [at(event.clientX - r.left, r.width, reader.dataset.width), at(event.clientY - r.top, r.height, reader.dataset.height)];
    };
    box.addEventListener("pointerdown", (event) => { start = point(event); box.setPointerCapture(event.pointerId); });
    box.addEventListener("pointermove", (event) => {
      if (!start) return;
      const [x, y] = point(event);
      chosen = [Math.min(x, start[0]), Math.min(y, start[1]), Math.abs(x - start[0]), Math.abs(y - start[1])];
      ["x", "y", "width", "height"].forEach((name, i) => rect.setAttribute(name, chosen[i]));
    });
    box.addEventListener("pointerup", () => { start = null; button.hidden = !chosen || !chosen[2] || !chosen[3]; });
    button.addEventListener("click", () => cite(reader, "region", chosen.join(",")));
  }
})();
