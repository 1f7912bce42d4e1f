// The page side of a widget whose picture follows at once from its settings (`ComputedWidget`): sheet, settings, table twin, refusals.
import { N, csv, download, el, table } from "./kit.js";
import { settingFields } from "./setting_fields.js";
import { sheet } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {ReturnType<typeof settingFields>} Fields */
/**
 * What is in the reach of a widget's own part: `refused` tells why an entry was not taken, `paint` draws again (once a frame at most).
 * @typedef {{ t: Translate, root: HTMLElement, fields: Fields, set: (name: string, value: any) => void, current: (name: string) => any, refused: (why: string) => void, paint: () => void, say: (sentence: string, now?: boolean) => void }} Reach
 */
/**
 * A widget's own part. `paint` draws what was found and returns the status in words; `rows` are its text twin, shown as a table and handed out as CSV.
 * @typedef {{ body: (Node | null)[], controls?: (Node | null)[], paint: (found: any) => string, relabel?: (t: Translate) => void, rows: (found: any) => { caption: string, columns: string[], rows: (string | number | null)[][] }, dispose?: () => void }} Part
 */

/**
 * @param {Model} model @param {HTMLElement} host
 * @param {{ title: string, help: string, file: string, menu?: import("./kit.js").MenuItem[], make: (reach: Reach) => Part }} options
 *   title and help are English messages, marked with N; `file` names what is downloaded, without its ending.
 * @returns {() => void} ends the view
 */
export function computedView(model, host, { title, help, file, menu = [], make }) {
  let why = "", frame = 0, spoken = "", built = false, turned = false;
  const asTable = el("div", { class: "lw-scroll lw-twin", hidden: true, tabindex: "0" });
  const paper = sheet(model, host, {
    title, help, file,
    menu: [
      { label: N("Show as a table"), run: () => { asTable.hidden = !asTable.hidden; paint(); } },
      { label: N("Save the numbers (CSV)"), run: () => { const { columns, rows } = part.rows(model.get("_found")); download(`${file}.csv`, csv([columns, ...rows]), "text/csv"); } },
      ...menu,
    ],
    relabel: (t) => { if (!built) return; why = ""; part.relabel?.(t); turned = true; draw(); },
  });
  const { t } = paper;
  const refused = (/** @type {string} */ text) => { why = text; draw(); };
  const fields = settingFields({ model, t, id: `lw-${file}-${Math.random().toString(36).slice(2, 8)}`, moved: () => { why = ""; }, refused, paint: () => paint() });
  const part = make({ t, root: paper.root, fields, set: fields.set, current: fields.current, refused, paint: () => paint(), say: paper.say });
  paper.root.classList.add("lw-computed");
  paper.body.append(...part.body.filter((x) => x !== null), asTable);
  paper.controls.append(...(part.controls ?? []).filter((x) => x !== null));
  paper.controls.hidden = !part.controls?.length;

  function paint() { frame ||= requestAnimationFrame(draw); }
  function draw() {
    cancelAnimationFrame(frame);
    frame = 0;
    const found = model.get("_found"), there = Object.keys(found).length > 0;
    const words = there ? part.paint(found) : "";
    const sentence = why || (there ? words : t("A number on the way became too large for the computer (above 1.8 × 10³⁰⁸). Choose smaller numbers."));
    paper.root.dataset.state = why ? "refused" : there ? "shown" : "overflow";
    paper.root.dataset.drawn = String(Number(paper.root.dataset.drawn ?? 0) + 1); // tests and timings wait for the next drawing
    paper.status(sentence, why || !there ? "bad" : "");
    if (sentence !== spoken) { spoken = sentence; paper.say(sentence, turned || Boolean(why)); }
    turned = false; // nothing is left in the language of before, not even for a screen reader
    if (asTable.hidden) { asTable.replaceChildren(); asTable.removeAttribute("aria-label"); }
    else if (there) { const { caption, columns, rows } = part.rows(found); asTable.setAttribute("aria-label", caption); asTable.replaceChildren(table(caption, columns, rows.map((row) => row.map((cell) => cell ?? "–")))); }
  }
  const changed = () => { fields.settle(false); paint(); };
  const told = (/** @type {any} */ message) => { if (message.type === "failed") { fields.settle(true); refused(message.text); } };
  model.on("change", changed);
  model.on("msg:custom", told);
  built = true;
  paper.translate();
  return () => { cancelAnimationFrame(frame); model.off("change", changed); model.off("msg:custom", told); fields.dispose(); part.dispose?.(); paper.dispose(); };
}
