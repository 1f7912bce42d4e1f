// The glossary: a search over both languages, the terms found, and the definition of one in both.
import { N, el, sentences } from "./kit.js";
import { computedView } from "./computed.js";
import { chapterAddress, matching } from "./glossary_logic.js";
import { widget } from "./sheet.js";

/** @typedef {import("./glossary_logic.js").Entry} Entry */

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Glossary"),
    help: N("Every term of the course in English and in Chinese. Type a word in either language: names and definitions are searched at once. The up and down arrows go through what was found; Escape empties the search."),
    file: "glossary",
    make: ({ t, set, current }) => {
      const found = () => /** @type {{ entries: Entry[], titles: Record<string, Record<string, string>> }} */ (model.get("_found"));
      const hits = () => matching(found().entries, current("query"));
      const now = () => { const all = hits(); return all.find(({ english }) => english === current("term")) ?? all[0]; };
      const uid = Math.random().toString(36).slice(2, 8), idOf = (/** @type {Entry} */ one) => `lw-glossary-${uid}-${one.anchor}`;
      const search = el("input", { type: "search", autocomplete: "off", spellcheck: "false", maxlength: 200, class: "lw-glossary-search", role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list", "aria-controls": `lw-glossary-${uid}`, dataset: { setting: "query" } });
      const word = el("span"), list = el("div", { class: "lw-glossary-list", role: "listbox", tabindex: "0", id: `lw-glossary-${uid}` }), detail = el("div", { class: "lw-glossary-detail", dataset: { role: "definition" } });
      const step = (/** @type {number} */ to) => { const all = hits(); if (all.length) set("term", all[Math.max(0, Math.min(all.length - 1, to))].english); };
      search.addEventListener("input", () => set("query", search.value));
      const keys = (/** @type {KeyboardEvent} */ e) => {
        if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
        const at = hits().findIndex(({ english }) => english === now()?.english), typing = e.target === search;
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, ...(typing ? {} : { Home: 0, End: 1e9 }) }[e.key];
        if (to !== undefined) step(to);
        else if (e.key === "Escape" && current("query")) { search.value = ""; set("query", ""); }
        else return;
        e.preventDefault();
      };
      search.addEventListener("keydown", keys);
      list.addEventListener("keydown", keys);

      /** @param {Entry[]} all @param {Entry | undefined} chosen */
      function drawList(all, chosen) {
        const top = list.scrollTop;
        list.replaceChildren(...all.map((one) => el("div", { role: "option", id: idOf(one), class: "lw-glossary-row", "aria-selected": String(one === chosen), dataset: { term: one.english }, on: { click: () => set("term", one.english) } }, el("span", { lang: "en" }, one.english), el("span", { lang: "zh-CN" }, one.chinese))));
        list.scrollTop = top;
        for (const node of [list, search]) if (chosen) node.setAttribute("aria-activedescendant", idOf(chosen)); else node.removeAttribute("aria-activedescendant");
        const row = /** @type {HTMLElement | null} */ (list.querySelector("[aria-selected=true]"));
        if (row && (row.offsetTop < list.scrollTop || row.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight)) list.scrollTop = row.offsetTop - list.clientHeight / 3;
      }
      /** @param {Entry | undefined} one */
      function drawDetail(one) {
        if (!one) { detail.replaceChildren(el("p", { class: "lw-glossary-none" }, t("No term has this in it, in either language. Try a shorter word."))); return; }
        const chinese = model.get("language") === "zh", language = chinese ? "zh" : "en";
        const parts = [el("div", { lang: "en" }, el("h4", { class: "lw-glossary-term" }, one.english), el("p", {}, one.en)), el("div", { lang: "zh-CN" }, el("h4", { class: "lw-glossary-term" }, one.chinese), el("p", {}, one.zh))];
        const where = one.chapters.map((name) => { const address = chapterAddress(location.pathname, name), title = found().titles[name]?.[language] ?? name; return el("li", {}, address ? el("a", { href: address }, title) : title); });
        detail.replaceChildren(
          ...(chinese ? parts.reverse() : parts),
          where.length ? el("p", { class: "lw-glossary-where" }, t("Explained in:")) : el("p", { class: "lw-glossary-where" }, t("No chapter introduces this term by itself.")),
          where.length ? el("ul", { class: "lw-glossary-chapters" }, ...where) : "",
        );
      }

      return {
        body: [el("div", { class: "lw-choices" }, el("label", { class: "lw-glossary-query" }, word, search)), el("div", { class: "lw-glossary-sheet" }, list, detail)],
        relabel() {
          word.textContent = t("Search, in either language");
          search.placeholder = t("such as token, or 词元");
          list.setAttribute("aria-label", t("Terms found"));
        },
        paint() {
          const all = hits(), chosen = now();
          if (document.activeElement !== search && search.value !== current("query")) search.value = current("query");
          drawList(all, chosen);
          drawDetail(chosen);
          return sentences(current("query") ? t("{n} of {all} terms match.", { n: all.length, all: found().entries.length }) : t("{all} terms.", { all: found().entries.length }), chosen && t("Shown: {term}.", { term: model.get("language") === "zh" ? chosen.chinese : chosen.english }));
        },
        rows: () => ({
          caption: t("The terms found"),
          columns: [t("English"), t("Chinese"), t("Definition in English"), t("Definition in Chinese")],
          rows: hits().map((one) => [one.english, one.chinese, one.en, one.zh]),
        }),
      };
    },
  });
}

export default widget({ state: () => ({}), view });
