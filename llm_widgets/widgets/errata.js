// Errata: a list to choose from, what the text says, and a button that computes or cites what is right.
import { N, el, sentences } from "./kit.js";
import { computedView } from "./computed.js";
import { widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./kit.js").Translate} Translate */
/**
 * @typedef {{ key: string, title: string, places: [string, string][], chapters: number[], kind: string, claim: string, right: string, computes: boolean,
 *   checked: boolean, findings?: string[], reference?: string, code?: string }} Erratum
 */

const KIND_NAMES = /** @type {Record<string, string>} */ ({
  number: N("wrong number"), rule: N("wrong rule"), statement: N("wrong statement"), outdated: N("out of date"), missing: N("missing"), unconfirmed: N("not confirmed"),
});
const PLACES = /** @type {Record<string, string>} */ ({ en: N("English document, section {section}"), zh: N("Chinese document, section {section}") });
const SHORT_PLACES = /** @type {Record<string, string>} */ ({ en: N("English {section}"), zh: N("Chinese {section}") });
/** Where a row stands: a document once, with its sections. @param {Translate} t @param {[string, string][]} places @param {Record<string, string>} names @param {string} between */
function placed(t, places, names, between) {
  const by = /** @type {Record<string, string[]>} */ ({});
  for (const [document, section] of places) (by[document] ??= []).push(section);
  return Object.entries(by).map(([document, sections]) => t(names[document], { section: sections.join(t(", ")) })).join(between);
}
const spelled = (/** @type {Translate} */ t, /** @type {[string, string][]} */ places) => placed(t, places, PLACES, " · ");

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  let start = () => {}, all = () => {};
  return computedView(model, host, {
    title: N("Errata"),
    help: N("What the two documents say that is wrong, out of date, missing, or cannot be confirmed. Choose a row, think what is right, then press its button: it computes the answer here and now, or cites it. The lines of Python that did it stand below."),
    file: "errata",
    menu: [{ label: N("Check all"), run: () => all() }, { label: N("Start again"), run: () => start() }],
    make: ({ t, set, current, paint }) => {
      all = () => set("checked", [...new Set([...current("checked"), ...found().map(({ key }) => key)])]);
      start = () => set("checked", []);
      const found = () => /** @type {Erratum[]} */ (model.get("_found").rows ?? []);
      const shown = () => found().filter(({ chapters, kind }) => (!current("chapter") || chapters.includes(current("chapter"))) && (!current("kind") || kind === current("kind")));
      const chosen = () => shown().find(({ key }) => key === current("row")) ?? shown()[0];
      const choice = (/** @type {string} */ name, /** @type {(value: string) => any} */ read) => {
        const select = el("select", { dataset: { setting: name } }), caption = el("span");
        select.addEventListener("change", () => set(name, read(select.value)));
        return { node: el("label", {}, caption, select), select, caption };
      };
      const chapter = choice("chapter", Number), kind = choice("kind", String);
      const list = el("div", { class: "lw-errata-list", role: "listbox", tabindex: "0" }), detail = el("div", { class: "lw-errata-detail", dataset: { role: "erratum" } });
      const bar = el("progress", { max: 1, class: "lw-errata-progress" });
      let focusButton = false;
      const step = (/** @type {number} */ to) => { const rows = shown(); if (rows.length) set("row", rows[Math.max(0, Math.min(rows.length - 1, to))].key); };
      const press = (/** @type {string} */ key) => { focusButton = true; if (!current("checked").includes(key)) set("checked", [...current("checked"), key]); };
      list.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
        if (e.ctrlKey || e.metaKey || e.altKey) return;
        const rows = shown(), at = rows.findIndex(({ key }) => key === chosen()?.key);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[e.key];
        if (to !== undefined) step(to);
        else if ((e.key === "Enter" || e.key === " ") && chosen()) press(chosen().key);
        else return;
        e.preventDefault();
      });

      /** @param {Erratum[]} rows @param {Erratum | undefined} now */
      function drawList(rows, now) {
        const id = (/** @type {string} */ key) => `lw-errata-${model.get("_model_id") ?? ""}-${key}`;
        const top = list.scrollTop;
        list.replaceChildren(...rows.map((one) => el("div", { role: "option", id: id(one.key), class: "lw-errata-row", "aria-selected": String(one.key === now?.key), dataset: { row: one.key, kind: one.kind }, on: { click: () => { set("row", one.key); list.focus({ preventScroll: true }); } } },
          el("span", { class: "lw-errata-mark", "aria-hidden": "true" }, one.checked ? "✓" : "·"), el("span", { class: "lw-errata-title" }, one.title, one.checked ? el("span", { class: "lw-spoken" }, ` ${t("checked")}`) : null),
          el("span", { class: "lw-errata-where" }, placed(t, one.places, SHORT_PLACES, " · ")), el("span", { class: "lw-errata-kind" }, t(KIND_NAMES[one.kind])))));
        list.scrollTop = top;
        if (now) list.setAttribute("aria-activedescendant", id(now.key)); else list.removeAttribute("aria-activedescendant");
        const selected = /** @type {HTMLElement | null} */ (list.querySelector("[aria-selected=true]"));
        if (selected && (selected.offsetTop < list.scrollTop || selected.offsetTop + selected.offsetHeight > list.scrollTop + list.clientHeight)) list.scrollTop = selected.offsetTop - list.clientHeight / 3;
      }

      /** @param {Erratum | undefined} now */
      function drawDetail(now) {
        if (!now) { detail.replaceChildren(el("p", { class: "lw-errata-none" }, t("No row of this kind in this chapter. Choose another chapter or kind."))); return; }
        const open = detail.querySelector("details")?.open ?? false, same = detail.dataset.row === now.key;
        const pressed = current("checked").includes(now.key);
        const button = el("button", { type: "button", class: pressed ? "" : "lw-primary", dataset: { action: "check" }, disabled: pressed, on: { click: () => press(now.key) } }, now.computes ? t("Compute what is right") : t("Show what could be found"));
        const result = now.checked
          ? [
            el("p", { class: "lw-errata-right" }, el("b", {}, `${t("Right:")} `), now.right),
            el("ul", { class: "lw-errata-findings" }, ...(now.findings ?? []).map((one) => el("li", {}, one))),
            now.reference ? el("p", { class: "lw-errata-reference" }, `${t("Source:")} `, el("span", { lang: "en" }, now.reference)) : null,
            now.code ? el("details", { open: open && same }, el("summary", {}, t("The lines that computed it")), el("pre", { class: "lw-errata-code lw-scroll", tabindex: "0" }, el("code", {}, now.code))) : null,
          ]
          : [el("p", { class: "lw-errata-none" }, t("What do you think is right? Decide before you press the button."))];
        detail.dataset.row = now.key;
        detail.replaceChildren(
          el("h4", { class: "lw-errata-heading" }, now.title), el("p", { class: "lw-errata-place" }, spelled(t, now.places), " · ", t(KIND_NAMES[now.kind])),
          el("p", { class: "lw-errata-claim" }, el("b", {}, `${t("The document says:")} `), now.claim), button, ...result.filter((x) => x !== null));
        const result_ = /** @type {HTMLElement | null} */ (detail.querySelector(".lw-errata-right"));
        if (focusButton && result_) { focusButton = false; if (!list.contains(document.activeElement)) { result_.tabIndex = -1; result_.focus({ preventScroll: true }); } }
      }

      return {
        body: [el("div", { class: "lw-choices" }, chapter.node, kind.node), bar, el("div", { class: "lw-errata-sheet" }, list, detail)],
        relabel() {
          chapter.caption.textContent = t("Chapter");
          kind.caption.textContent = t("Kind");
          chapter.select.replaceChildren(el("option", { value: "0" }, t("all")), ...(model.get("_found").chapters ?? []).map((/** @type {number} */ n) => el("option", { value: n }, t("chapter {n}", { n }))));
          kind.select.replaceChildren(el("option", { value: "" }, t("all")), ...Object.entries(KIND_NAMES).map(([value, name]) => el("option", { value }, t(name))));
          list.setAttribute("aria-label", t("Errata"));
          bar.setAttribute("aria-label", t("Rows checked"));
        },
        paint() {
          const rows = shown(), now = chosen(), done = found().filter(({ checked }) => checked).length;
          chapter.select.value = String(current("chapter"));
          kind.select.value = current("kind");
          drawList(rows, now);
          drawDetail(now);
          bar.max = found().length;
          bar.value = done;
          bar.textContent = `${done} / ${found().length}`;
          return sentences(t("{done} of {all} rows checked.", { done, all: found().length }), rows.length < found().length && t("{n} are shown.", { n: rows.length }), done === found().length && t("You have checked them all."));
        },
        rows: () => ({
          caption: t("All errata"),
          columns: [t("Title"), t("Where"), t("Kind"), t("The document says"), t("Right"), t("Computed or cited"), t("Checked")],
          rows: found().map((one) => [one.title, spelled(t, one.places), t(KIND_NAMES[one.kind]), one.claim, one.right, [...(one.findings ?? []), one.reference ?? ""].filter(Boolean).join(" "), one.checked ? "✓" : "–"]),
        }),
      };
    },
  });
}

export default widget({ state: () => ({}), view });
