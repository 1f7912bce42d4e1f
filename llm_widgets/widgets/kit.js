// What every widget shares: elements without HTML strings, the sheet of paper, a canvas that is sharp and knows the theme.
import { guarded, presence } from "./presence.js";

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
  const paint = () => {
    frame = 0;
    const width = node.clientWidth;
    if (!width || !node.isConnected) return;
    colours ??= palette(node);
    const h = Math.round(typeof height === "number" ? height * colours.scale : height(width, colours)), ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(h * ratio);
      canvas.style.height = `${h}px`;
    }
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, h);
    g.font = `${12 * colours.scale}px ${colours.font}`;
    draw(g, width, h, colours);
    canvas.setAttribute("aria-label", label());
  };
  const invalidate = () => { frame ||= requestAnimationFrame(paint); };
  const sizes = new ResizeObserver(invalidate);
  sizes.observe(node);
  const unwatch = watchTheme(() => { colours = null; invalidate(); });
  if (typeof height === "number") canvas.style.height = `${height}px`;
  invalidate();
  return { node, canvas, invalidate, restyle: () => { colours = null; invalidate(); }, dispose: () => { sizes.disconnect(); unwatch(); cancelAnimationFrame(frame); } };
}

/** A button that opens a list of actions; arrows move, escape closes. @param {Translate} t @param {MenuItem[]} items */
export function menu(t, items) {
  const list = el("ul", { class: "lw-menu-list", role: "menu", hidden: true });
  const button = el("button", { class: "lw-quiet", type: "button", "aria-haspopup": "menu", "aria-expanded": "false" }, "⋯");
  const node = el("div", { class: "lw-menu" }, button, list);
  const entries = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button")]);
  const close = (/** @type {boolean} */ refocus) => { list.hidden = true; button.setAttribute("aria-expanded", "false"); document.removeEventListener("pointerdown", outside, true); if (refocus) button.focus(); };
  const outside = (/** @type {Event} */ e) => { if (!node.contains(/** @type {Node} */ (e.target))) close(false); };
  const open = () => {
    list.replaceChildren(...items.filter((item) => !item.hidden?.()).map((item) =>
      el("li", { role: "none" }, el("button", { type: "button", role: "menuitem", on: { click: () => { close(true); item.run(); } } }, t(item.label)))));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside, true);
    entries()[0]?.focus();
  };
  button.addEventListener("click", () => (list.hidden ? open() : close(true)));
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    if (list.hidden) return;
    const all = entries(), at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (e.key === "Escape") close(true);
    else if (e.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (e.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  return { node, relabel: () => { button.setAttribute("aria-label", t("Menu")); button.title = t("Menu"); }, dispose: () => document.removeEventListener("pointerdown", outside, true) };
}

/**
 * Keeps keys that are meant for the widget from the host's shortcuts (arrows fold cells, letters add and delete them). Notebook 7 looks
 * at keys on their way down, so it is told by an attribute that it knows; Ctrl + S, Shift + Enter and their like stay the host's.
 * @param {HTMLElement} root @returns {() => void}
 */
export function ownKeys(root) {
  const hosts = (/** @type {KeyboardEvent} */ e) => e.ctrlKey || e.metaKey || (e.shiftKey && e.key === "Enter");
  const before = (/** @type {KeyboardEvent} */ e) => { if (e.target instanceof Element && root.contains(e.target)) e.target.toggleAttribute("data-lm-suppress-shortcuts", !hosts(e)); };
  window.addEventListener("keydown", before, true);
  root.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (!hosts(e)) e.stopPropagation(); });
  return () => window.removeEventListener("keydown", before, true);
}

/**
 * The sheet that every widget is drawn on: title, help, menu; body; controls; a status line in words.
 * `relabel` is called at once and at each change of language; put every string there.
 * @param {Model} model @param {HTMLElement} host
 * @param {{ title: string, help: string, menu?: MenuItem[], relabel?: (t: Translate) => void }} options  title and help are English messages, marked with N
 */
export function sheet(model, host, { title, help, menu: items = [], relabel }) {
  const t = translator(model);
  const heading = el("h3", { class: "lw-title" });
  const text = el("p", { class: "lw-help", hidden: true });
  const ask = el("button", { class: "lw-quiet", type: "button", "aria-expanded": "false", on: { click: () => { text.hidden = !text.hidden; ask.setAttribute("aria-expanded", String(!text.hidden)); } } }, "?");
  const body = el("div", { class: "lw-body" }), controls = el("div", { class: "lw-controls" });
  const line = el("div", { class: "lw-status" }), spoken = el("div", { class: "lw-spoken", role: "status", "aria-live": "polite" });
  const more = items.length ? menu(t, items) : null;
  const root = el("section", { class: `lw lw-${title.toLowerCase().replace(/[^a-z]+/g, "-")}` }, el("div", { class: "lw-head" }, heading, ask, more?.node), text, body, controls, line, spoken);
  const unkey = ownKeys(root);
  let spokenAt = 0, waiting = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  const translate = () => {
    root.lang = languageTag(model);
    heading.textContent = t(title);
    text.textContent = t(help);
    root.setAttribute("aria-label", t(title));
    ask.setAttribute("aria-label", t("What is this?"));
    ask.title = t("What is this?");
    more?.relabel();
    // What was said in the language of before is said no more.
    clearTimeout(waiting);
    spoken.textContent = "";
    spokenAt = 0;
    relabel?.(t);
    tell();
  };
  /** What a widget says that has no Python behind it any more. */
  const absent = () => ({
    "": "",
    ended: t("Python was restarted or has stopped, and what this widget stood for is gone. Run the notebook’s cells from the top again: menu Run, Run All Cells."),
    apart: t("The connection to Python is lost: what you do here has no effect until it is back. If that takes long, reload the page; if the page is not found, start the course again."),
  })[there.now()];
  let words = "", tone = "";
  const tell = () => {
    const lost = absent(), shown = lost || words;
    if (line.textContent !== shown) line.textContent = shown;
    line.className = lost ? "lw-status lw-lost" : tone ? `lw-status lw-${tone}` : "lw-status";
  };
  const there = presence(model, host, () => { tell(); spoken.textContent = absent(); });
  const project = () => root.classList.toggle("lw-projector", Boolean(model.get("projector")));
  model.on("change:_labels", translate);
  model.on("change:projector", project);
  project();
  host.append(root);
  return {
    t, root, body, controls,
    /** Fills in all strings; call it once when everything is built. */
    translate,
    /** Shows a sentence; `kind` is "", "good" or "bad". @param {string} sentence @param {string} [kind] */
    status(sentence, kind = "") { words = sentence; tone = kind; tell(); },
    /** Says a sentence to a screen reader, the newest one every 4 s at most; `now` for changes of state. @param {string} sentence @param {boolean} [now] */
    say(sentence, now = false) {
      if (there.now()) return;
      clearTimeout(waiting);
      const speak = () => { spokenAt = Date.now(); spoken.textContent = sentence; };
      if (now || Date.now() - spokenAt > 4000) speak(); else waiting = setTimeout(speak, 4000 - (Date.now() - spokenAt));
    },
    dispose() { clearTimeout(waiting); there.dispose(); unkey(); more?.dispose(); model.off("change:_labels", translate); model.off("change:projector", project); root.remove(); },
  };
}

/**
 * A widget's default export. `state` is made once a widget and shared by its views (anywidget gives `initialize` and `render` different
 * model proxies); `view` draws one view and returns what ends it. A view that fails says so in words instead of staying blank.
 * @template S
 * @param {{ state: (model: Model) => S & { dispose?: () => void }, view: (model: Model, host: HTMLElement, state: S) => () => void }} parts
 */
export function widget({ state, view }) {
  return () => {
    /** @type {(S & { dispose?: () => void }) | undefined} */
    let shared;
    return {
      initialize(/** @type {{ model: Model }} */ { model }) {
        shared = state(guarded(model));
        model.send({ type: "hello" });
        return () => shared?.dispose?.();
      },
      render(/** @type {{ model: Model, el: HTMLElement }} */ { model, el: host }) {
        host.style.minWidth = "0";
        try {
          return view(guarded(model), host, /** @type {S} */ (shared));
        } catch (error) {
          const t = translator(model);
          console.error(error);
          host.replaceChildren(el("div", { class: "lw" }, el("p", { class: "lw-failure", role: "alert" }, t("This widget could not be drawn. Run its cell again; if that does not help, run llm-widgets doctor. {error}", { error }))));
          return () => host.replaceChildren();
        }
      },
    };
  };
}

/** A binary message's float32 numbers, copied (the buffer may not be aligned). @param {DataView | ArrayBuffer} data */
export const floats = (data) =>
  data instanceof ArrayBuffer ? new Float32Array(data.slice(0)) : new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
