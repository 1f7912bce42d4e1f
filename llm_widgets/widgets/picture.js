// The sheet as it is now, drawn into a picture (PNG) or written as a page (HTML) that holds no script and asks for nothing.
// Own code: html-to-image and its like ask the network for styles and fonts, write every property of every node into it, forget where
// a list is scrolled to, and make no page. A sheet brings its whole style sheet along, so its copy needs only what the host adds: variables.

/** @typedef {{ node: HTMLElement, css: string, width: number, height: number, paper: string, ink: string }} Snapshot */

/** Canvases that can be drawn again, for twice as many dots as the screen has. @type {WeakMap<Element, () => HTMLCanvasElement>} */
export const sharp = new WeakMap();

const LEFT_OUT = "script, style, link, meta, iframe, object, embed, noscript, template, .lw-spoken[role], .lw-menu, .lw-head > button";
const FIELDS = "button, input, select, textarea, summary, a, [tabindex]";
// What a text box that is scrolled looks like; no page can scroll one without a script, so that a plain box stands for it.
const BOX = ["display", "font", "color", "background-color", "border", "border-radius", "padding", "margin", "white-space", "overflow-wrap", "word-break", "flex", "grid-area", "align-self"];
const MOST_LETTERS = 20_000, MOST_DOTS = 48e6, LONGEST_SIDE = 16_000;
// Nothing in a copy answers the pointer, or moves; its head is as high as with its buttons.
const STILL = ".lw-head { min-height: calc(32px * var(--lw-scale)) } .lw, .lw * { transition: none !important; animation: none !important } .lw :is(button, input, select, textarea, summary) { pointer-events: none; resize: none }";

/** Text without what no XML may hold: halves of pairs and control signs. @param {string} text */
export const clean = (text) => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/gu, "\ufffd");
/** How many dots a CSS pixel gets: two, or fewer where no browser could draw so many. @param {number} width @param {number} height */
export const dotsFor = (width, height) => Math.min(2, LONGEST_SIDE / width, LONGEST_SIDE / height, Math.sqrt(MOST_DOTS / (width * height)));

/**
 * A menu with what every sheet offers, in one order: table, picture, numbers, page, then the widget's own. What a widget does itself, it does.
 * @template {{ label: string }} T @param {T[]} own @param {T[]} general @returns {T[]}
 */
export function ordered(own, general) {
  const order = ["Show as a table", "Save the picture (PNG)", "Save the numbers (CSV)", "Save the numbers (JSON)", "Save as a page (HTML)"];
  const place = (/** @type {T} */ { label }) => (order.indexOf(label) + 1 || order.length + 1);
  return [...own, ...general.filter(({ label }) => own.every((item) => item.label !== label))].sort((a, b) => place(a) - place(b));
}

/** A still copy of a sheet, of what can be seen of it. @param {HTMLElement} root @param {string} css  its style sheet @returns {Snapshot} */
export function snapshot(root, css) {
  const copy = (/** @type {Element} */ node, /** @type {DOMRect | null} */ view) => {
    if (node.matches(LEFT_OUT)) return null;
    const style = getComputedStyle(node), box = node.getBoundingClientRect(), live = /** @type {any} */ (node), kind = node.localName, drawn = kind === "canvas", down = kind === "textarea" && node.scrollTop > 0;
    const made = /** @type {HTMLElement & Record<string, any>} */ (drawn || down ? document.createElement(drawn ? "img" : "div") : node.cloneNode(false));
    for (const { name, value } of node.attributes) {
      if ((drawn || down) && /^(class|style|role)$/.test(name)) made.setAttribute(name, value);
      if (/^on|^(tabindex|contenteditable|autofocus|name|for|aria-(live|controls|labelledby))$/.test(name) || (/href$/.test(name) && !/^(#|https:)/.test(value))) made.removeAttribute(name);
      else if (!drawn && !down) made.setAttribute(name, clean(value));
    }
    if (node.matches(FIELDS) && !down) made.tabIndex = -1;
    if (style.display === "none") return made;
    const clips = style.overflowX !== "visible" && style.display !== "inline", inner = clips ? seenOf(view, box) : view, solid = style.display !== "inline" && box.width > 0 && box.height > 0;
    const fix = (/** @type {Partial<CSSStyleDeclaration>} */ more = {}) => Object.assign(made.style, { boxSizing: "border-box", width: `${box.width}px`, height: `${box.height}px`, ...more });
    if (view && /^t[hd]$/.test(kind)) fix({ height: "" }); // a column is as wide as in the rows that are not seen
    if (view && solid && (box.bottom < view.top || box.top > view.bottom || box.right < view.left || box.left > view.right)) {
      fix({ flex: "none", visibility: "hidden" });
      return made;
    }
    let from = 0;
    if (drawn) {
      const canvas = /** @type {HTMLCanvasElement} */ ((sharp.get(node) ?? (() => node))());
      made.setAttribute("alt", clean(node.getAttribute("aria-label") ?? ""));
      if (canvas.width && canvas.height) made.setAttribute("src", canvas.toDataURL());
      Object.assign(made.style, { display: style.display, width: style.width, height: style.height });
    } else if (kind === "select") { made.append(new Option(clean(live.selectedOptions[0]?.text ?? ""), "", true, true)); fix(); }
    else if (kind === "textarea") {
      // Of a very long text, what is about where it is scrolled to.
      const text = live.value;
      from = text.length > MOST_LETTERS ? Math.floor((text.length * live.scrollTop) / live.scrollHeight) : 0;
      made.append(clean(text.slice(from, from + MOST_LETTERS)));
      if (down) for (const name of BOX) made.style.setProperty(name, style.getPropertyValue(name));
      fix();
    } else {
      if (kind === "input") { made.setAttribute("value", clean(live.value)); made.toggleAttribute("checked", live.checked); }
      if (kind === "progress" && live.position >= 0) made.setAttribute("value", live.value);
      for (const child of node.childNodes) {
        if (child instanceof Text) made.append(clean(child.data.slice(0, MOST_LETTERS)));
        else if (child instanceof Element && (kind !== "details" || live.open || child.localName === "summary")) made.append(copy(child, inner) ?? "");
      }
    }
    if (clips && /auto|scroll/.test(style.overflow)) fix({ overflow: "hidden" });
    if (clips && !from && (node.scrollTop || node.scrollLeft)) scrolled(made, node, style);
    if (view && style.position === "sticky") {
      // Where it lies now, from where it would lie if it did not stick.
      const was = live.style.position;
      live.style.position = "static";
      const rest = node.getBoundingClientRect();
      live.style.position = was;
      Object.assign(made.style, { position: "relative", inset: `${box.top - rest.top}px auto auto ${box.left - rest.left}px` });
    } else if (style.position === "sticky") made.style.position = "relative", made.style.inset = "auto";
    return made;
  };
  const { width } = root.getBoundingClientRect(), style = getComputedStyle(root), node = /** @type {HTMLElement} */ (copy(root, null)), still = document.createElement("style");
  for (const name of new Set(css.match(/--(?:jp|vscode|lw)-[\w-]+/g))) {
    const value = style.getPropertyValue(name);
    if (value && !value.includes("url(")) node.style.setProperty(name, value);
  }
  Object.assign(node.style, { width: `${width}px`, maxWidth: "none", margin: "0", colorScheme: style.colorScheme });
  // How high it is with its own styles alone, in a shadow, which those of the page do not reach.
  const bench = document.body.appendChild(document.createElement("div"));
  still.textContent = `${css}\n${STILL}`;
  bench.style.cssText = "position: absolute; visibility: hidden; inset: 0 auto auto -99999px";
  bench.attachShadow({ mode: "open" }).append(still, node);
  const { height } = node.getBoundingClientRect();
  bench.remove();
  return { node, css: still.textContent, width: Math.ceil(width), height: Math.ceil(height), paper: style.backgroundColor, ink: style.color };
}

/** What can be seen of a box in a view. @param {DOMRect | null} view @param {DOMRect} box */
function seenOf(view, box) {
  if (!view) return box;
  const left = Math.max(view.left, box.left), top = Math.max(view.top, box.top);
  return new DOMRect(left, top, Math.max(0, Math.min(view.right, box.right) - left), Math.max(0, Math.min(view.bottom, box.bottom) - top));
}

/** Moves what is in a scrolled box to where it is seen. @param {HTMLElement} made @param {Element} node @param {CSSStyleDeclaration} style */
function scrolled(made, node, style) {
  const way = `${-node.scrollLeft}px ${-node.scrollTop}px`;
  if (/flex|grid/.test(style.display)) { for (const child of made.children) /** @type {HTMLElement} */ (child).style.translate = way; return; }
  const moved = document.createElement("span"), { paddingTop: t, paddingRight: r, paddingBottom: b, paddingLeft: l } = style;
  // As large as the box with its padding, for what is placed in it.
  Object.assign(moved.style, { display: "block", translate: way, padding: `${t} ${r} ${b} ${l}`, margin: `-${t} -${r} -${b} -${l}` });
  moved.append(...made.childNodes);
  made.append(moved);
}

/** @param {Snapshot} shot @returns {Promise<Blob>} */
export async function asPng({ node, css, width, height, paper }) {
  const dots = dotsFor(width, height), make = (/** @type {string} */ tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const svg = make("svg"), frame = svg.appendChild(make("foreignObject")), style = frame.appendChild(document.createElement("style")), image = new Image();
  for (const part of [svg, frame]) { part.setAttribute("width", String(width)); part.setAttribute("height", String(height)); }
  style.textContent = css;
  frame.append(node);
  // A data: URL; after a blob: URL the canvas could not be read.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas"), g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  canvas.width = Math.round(width * dots);
  canvas.height = Math.round(height * dots);
  g.fillStyle = paper;
  g.fillRect(0, 0, canvas.width, canvas.height);
  g.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"));
}

/** The page as text, all written by the serializer, so that text stays text. @param {Snapshot} shot @param {{ title: string, lang: string, foot: string }} words */
export function asPage({ node, css, width, paper, ink }, { title, lang, foot }) {
  const sheet = document.implementation.createHTMLDocument(clean(title)), style = sheet.createElement("style"), end = sheet.createElement("p");
  const meta = (/** @type {string} */ name, /** @type {string} */ value, content = "") => { const made = sheet.createElement("meta"); made.setAttribute(name, value); if (content) made.setAttribute("content", content); return made; };
  // The serializer writes ">" as "&gt;", which a page does not read back within a style: a section of plain characters, in a comment for CSS.
  style.append("/*", sheet.adoptNode(document.implementation.createDocument(null, "x").createCDATASection(`*/ body { margin: 16px; background: ${paper} } ${css} /*`)), "*/");
  sheet.documentElement.lang = lang;
  sheet.head.prepend(meta("charset", "utf-8"), meta("http-equiv", "Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'"), meta("name", "viewport", `width=${width + 32}`));
  sheet.head.append(style);
  end.textContent = clean(foot);
  end.style.cssText = `margin: 12px 0 0; font: 12px/1.5 system-ui, sans-serif; color: ${ink}`;
  sheet.body.append(node, end);
  return `<!doctype html>\n${new XMLSerializer().serializeToString(sheet.documentElement)}\n`;
}
