// What every widget shares: elements without HTML strings, words and numbers, a canvas that is sharp and knows the theme.
import { sharp } from "./picture.js";

/**
 * The widget's model as anywidget gives it: traits, and custom messages.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(content: any, callbacks?: any, buffers?: ArrayBuffer[]) => void} send
 * @property {(event: string, listener: (...values: any[]) => void) => void} on
 * @property {(event: string, listener: (...values: any[]) => void) => void} off
 * @property {any} [widget_manager]  where the host has one
 */
/** @typedef {(message: string, values?: Record<string, unknown>) => string} Translate */
/** @typedef {{ label: string, run: () => void, hidden?: () => boolean }} MenuItem  `label` is an English message, marked with N */

/** Marks a string for the catalogue that is translated later. @param {string} message */
export const N = (message) => message;

/**
 * An element. Text is always a text node, so that a learner's text can never become HTML.
 * @param {string} tag
 * @param {Record<string, any>} [props]  `on` holds listeners, `style` and `dataset` objects; what starts with aria- or is `role`, `for`, `class`, `type` … is an attribute
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElement & Record<string, any>}
 */
export function el(tag, props = {}, ...children) {
  const node = /** @type {any} */ (document.createElement(tag));
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "style" || name === "dataset") Object.assign(node[name], value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) node.append(typeof child === "number" ? String(child) : child);
  return node;
}

/** Puts `values` into the `{placeholders}` of `text`. @param {string} text @param {Record<string, unknown>} [values] */
export function fill(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all)) : text;
}

/** The translator of a model: the catalogue's string, or the English one. @param {Model} model @returns {Translate} */
export function translator(model) {
  return (message, values) => fill(model.get("_labels")?.[message] ?? message, values);
}

/** "en" or "zh" as an HTML language tag, which chooses the right Chinese glyphs. @param {Model} model */
export const languageTag = (model) => (model.get("language") === "zh" ? "zh-CN" : "en");

const DIGITS_APART = new Intl.NumberFormat("en", { maximumFractionDigits: 8 }); // making one for each number takes far longer than using it
/** A number for reading: `digits` significant ones, thousands apart. @param {number | null | undefined} x */
export function number(x, digits = 3) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return DIGITS_APART.format(x).replace("-", "−");
  const size = Math.abs(x);
  return (size >= 1e-4 && size < 1e6 ? DIGITS_APART.format(Number(x.toPrecision(digits))) : x.toExponential(digits - 1)).replace("-", "−");
}
/** A share as per cent with one decimal. @param {number | null | undefined} x */
export const percent = (x, digits = 1) => (x === null || x === undefined || Number.isNaN(x) ? "–" : `${(100 * x).toFixed(digits)} %`);
/** Bytes for reading. @param {number} x */
export function bytes(x) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let i = 0;
  while (x >= 1000 && i < units.length - 1) { x /= 1000; i += 1; }
  return `${x >= 100 || i === 0 ? Math.round(x) : Number(x.toPrecision(2))} ${units[i]}`;
}

/** Sentences one after the other; a Chinese full stop brings its own gap. @param {...(string | false | null | undefined)} parts */
export const sentences = (...parts) => parts.filter(Boolean).join(" ").replace(/([。！？]) /g, "$1");

/** Hands a file to the learner. @param {string} name @param {Blob | string} content @param {string} [type] */
export function download(name, content, type = "text/plain") {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` }));
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A CSV text of rows. @param {(string | number | null | undefined)[][]} rows */
export const csv = (rows) =>
  rows.map((row) => row.map((cell) => { const s = cell === null || cell === undefined ? "" : String(cell); return /[",\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s; }).join(",")).join("\n") + "\n";

/**
 * A table with a caption. @param {string} caption @param {string[]} columns @param {(string | number)[][]} rows
 */
export function table(caption, columns, rows) {
  return el("table", { class: "lw-table" }, el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...columns.map((c) => el("th", { scope: "col" }, c)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, cell))))));
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The theme's colours as a canvas needs them, read from a node inside a widget. @param {Element} node */
export function palette(node) {
  // A probe resolves color-mix() and nested variables into a plain colour.
  const probe = el("span", { style: { display: "none" } });
  node.append(probe);
  const read = (/** @type {string} */ name) => { probe.style.color = `var(--lw-${name})`; return getComputedStyle(probe).color; };
  const style = getComputedStyle(node);
  const colours = {
    paper: read("paper"), ink: read("ink"), muted: read("muted"), rule: read("rule"), wash: read("wash"), blue: read("blue"), orange: read("orange"),
    green: read("green"), red: read("red"), ghost: read("ghost"), scale: Number(style.getPropertyValue("--lw-scale")) || 1, font: style.fontFamily, code: style.getPropertyValue("--lw-code"),
  };
  probe.remove();
  return colours;
}
/** @typedef {ReturnType<typeof palette>} Palette */

/** Calls back when the host changes its theme. @param {() => void} changed @returns {() => void} */
export function watchTheme(changed) {
  // The style sheet of the new theme arrives a little after the attribute.
  const later = () => { changed(); setTimeout(changed, 150); setTimeout(changed, 700); };
  const observer = new MutationObserver(later);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", later);
  return () => { observer.disconnect(); media.removeEventListener("change", later); };
}

/**
 * A canvas as wide as its parent and `height` CSS pixels high (times the projector's scale; or what a function says), sharp on any
 * display; `draw` is called once per animation frame at most, with the context scaled to CSS pixels and cleared.
 * @param {{ height: number | ((width: number, colours: Palette) => number), label: () => string, draw: (g: CanvasRenderingContext2D, width: number, height: number, colours: Palette) => void }} options
 */
export function surface({ height, label, draw }) {
  const canvas = /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (el("canvas", { role: "img", tabindex: "0" })));
  const node = el("div", { class: "lw-frame" }, canvas);
  /** @type {Palette | null} */
  let colours = null;
  let frame = 0;
  const paint = (on = canvas, ratio = devicePixelRatio || 1) => {
    const width = node.clientWidth;
    if (!width || !node.isConnected) return;
    colours ??= palette(node);
    const h = Math.round(typeof height === "number" ? height * colours.scale : height(width, colours));
    if (on.width !== Math.round(width * ratio) || on.height !== Math.round(h * ratio)) {
      on.width = Math.round(width * ratio);
      on.height = Math.round(h * ratio);
      on.style.height = `${h}px`;
    }
    const g = /** @type {CanvasRenderingContext2D} */ (on.getContext("2d"));
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, h);
    g.font = `${12 * colours.scale}px ${colours.font}`;
    draw(g, width, h, colours);
    canvas.setAttribute("aria-label", label());
  };
  sharp.set(canvas, () => { const twice = document.createElement("canvas"); paint(twice, 2); return twice; });
  const invalidate = () => { frame ||= requestAnimationFrame(() => { frame = 0; paint(); }); };
  const sizes = new ResizeObserver(invalidate);
  sizes.observe(node);
  const unwatch = watchTheme(() => { colours = null; invalidate(); });
  if (typeof height === "number") canvas.style.height = `${height}px`;
  invalidate();
  return { node, canvas, invalidate, restyle: () => { colours = null; invalidate(); }, dispose: () => { sizes.disconnect(); unwatch(); cancelAnimationFrame(frame); } };
}

/** A binary message's float32 numbers, copied (the buffer may not be aligned). @param {DataView | ArrayBuffer} data */
export const floats = (data) =>
  data instanceof ArrayBuffer ? new Float32Array(data.slice(0)) : new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
