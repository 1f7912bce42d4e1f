// The sheet of paper that every widget is drawn on, its menu, and what a module of a widget gives to anywidget.
import { download, el, languageTag, N, translator } from "./kit.js";
import { hearAgain } from "./late.js";
import { asPage, asPng, ordered, snapshot } from "./picture.js";
import { guarded, presence } from "./presence.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./kit.js").MenuItem} MenuItem */
/** @typedef {import("./kit.js").Translate} Translate */

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
 * @param {{ title: string, help: string, file?: string, menu?: MenuItem[], relabel?: (t: Translate) => void }} options  title and help are English messages, marked with N; `file` names what is saved, without its ending
 */
export function sheet(model, host, { title, help, file, menu: items = [], relabel }) {
  const t = translator(model), slug = title.toLowerCase().replace(/[^a-z]+/g, "-"), name = file ?? slug;
  const heading = el("h3", { class: "lw-title" });
  const text = el("p", { class: "lw-help", hidden: true });
  const ask = el("button", { class: "lw-quiet", type: "button", "aria-expanded": "false", on: { click: () => { text.hidden = !text.hidden; ask.setAttribute("aria-expanded", String(!text.hidden)); } } }, "?");
  const body = el("div", { class: "lw-body" }), controls = el("div", { class: "lw-controls" });
  const line = el("div", { class: "lw-status" }), spoken = el("div", { class: "lw-spoken", role: "status", "aria-live": "polite" });
  const more = menu(t, ordered(items, [
    { label: N("Save the picture (PNG)"), run: () => { Promise.resolve().then(() => asPng(snapshot(root, model.get("_css")))).then((blob) => download(`${name}.png`, blob)).catch((error) => { console.warn(error); const why = t("This browser could not draw the picture. Save the widget as a page instead (HTML, in the same menu)."); paper.status(why, "bad"); paper.say(why, true); }); } },
    { label: N("Save as a page (HTML)"), run: () => download(`${name}.html`, asPage(snapshot(root, model.get("_css")), { title: t(title), lang: root.lang, foot: t("“{title}”, a widget of llm_widgets {version}, as it was on {date}.", { title: t(title), version: model.get("_version"), date: new Date().toLocaleDateString("sv") }) }), "text/html") },
  ]));
  const root = el("section", { class: `lw lw-${slug}` }, el("div", { class: "lw-head" }, heading, ask, more.node), text, body, controls, line, spoken);
  const unkey = ownKeys(root);
  let spokenAt = 0, waiting = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  const translate = () => {
    root.lang = languageTag(model);
    heading.textContent = t(title);
    text.textContent = t(help);
    root.setAttribute("aria-label", t(title));
    ask.setAttribute("aria-label", t("What is this?"));
    ask.title = t("What is this?");
    more.relabel();
    // What was said in the language of before is said no more.
    clearTimeout(waiting);
    spoken.textContent = "";
    spokenAt = 0;
    relabel?.(t);
    tell();
  };
  /** What a widget says that has no Python behind it any more. */
  const absent = () => {
    const how = there.now();
    if (how === "ended") return t("Python was restarted or has stopped, and what this widget stood for is gone. Run the notebook’s cells from the top again: menu Run, Run All Cells.");
    return how && t("The connection to Python is lost: what you do here has no effect until it is back. If that takes long, reload the page; if the page is not found, start the course again.");
  };
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
  const paper = {
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
    dispose() { clearTimeout(waiting); there.dispose(); unkey(); more.dispose(); model.off("change:_labels", translate); model.off("change:projector", project); root.remove(); },
  };
  return paper;
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
        void hearAgain(model).then((late) => { if (late) model.send({ type: "hello" }); });
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
