// A program of rules beside classifiers that learned: bars with intervals, counts, cases by rule, texts on which one side alone is right.
import { N, el, number, percent, sentences } from "./kit.js";
import { computedView } from "./computed.js";
import { widget } from "./sheet.js";

/** @typedef {{ en: string, zh: string }} Both */
/** @typedef {{ name: Both, accuracy: number, low: number, high: number, answered: number, confusion: [number, number, number, number] }} Row */
/** @typedef {{ text: string, label: number, said: number, learned: number, kind: string, rule: string | null }} Case */
/** @typedef {{ n: number, rows: Row[], opponent: Both, compared: Record<string, number>, counts: Record<string, number>, reading: string, rules: { rule: string, cases: number, right: number }[], more_rules: number, troubles: string[], texts: Record<"program" | "learned", Case[]> }} Found */

const HELP = N("Your program and classifiers that learned from labelled reviews read the same test reviews. The bar is the share of right answers, the thin line its 95 % interval; a review without an answer counts as wrong. Below: what each rule (each “return” of your program) answered, and reviews on which only one side is right.");

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Rules against learning"), help: HELP, file: "program",
    make: ({ t, root, set, current }) => {
      const zh = () => model.get("language") === "zh", word = (/** @type {Both} */ both) => both[zh() ? "zh" : "en"];
      const verdict = (/** @type {number} */ label) => (label < 0 ? t("no answer") : label ? t("positive") : t("negative"));
      const bars = el("div", { class: "lw-program-bars", role: "list" }), troubles = el("ul", { class: "lw-program-troubles" });
      const counts = el("div", { class: "lw-program-tables" }), list = el("ul", { class: "lw-program-texts lw-scroll", tabindex: "0" });
      const sides = /** @type {const} */ (["learned", "program"]), tabs = sides.map((who) => el("button", { type: "button", dataset: { who }, on: { click: () => set("who", who) } }));
      root.classList.add("lw-program");
      const bar = (/** @type {Row} */ row, /** @type {number} */ i) => {
        const share = (/** @type {number} */ x) => `${(100 * x).toFixed(2)}%`;
        return el("div", { class: `lw-program-row ${i ? "" : "lw-program-own"}`, role: "listitem" },
          el("span", { class: "lw-program-name" }, word(row.name)),
          el("span", { class: "lw-program-bar", "aria-hidden": "true" }, el("span", { class: "lw-program-fill", style: { width: share(row.accuracy) } }), el("span", { class: "lw-program-range", style: { left: share(row.low), width: share(row.high - row.low) } })),
          el("span", { class: "lw-number" }, `${percent(row.accuracy)} (${percent(row.low)} – ${percent(row.high)})`));
      };
      const grid = (/** @type {string} */ caption, /** @type {string[]} */ head, /** @type {(string | number | Node)[][]} */ rows, kind = "") => el("table", { class: `lw-table ${kind}` }, el("caption", {}, caption),
        el("thead", {}, el("tr", {}, ...head.map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((c, i) => el(i ? "td" : "th", i ? {} : { scope: "row" }, c))))));
      return {
        body: [bars, troubles, counts, el("div", { class: "lw-group lw-program-tabs", role: "group" }, ...tabs), list],
        paint: (/** @type {Found} */ now) => {
          const { compared, counts: kinds, n } = now, mine = now.rows[0];
          bars.replaceChildren(...now.rows.map(bar));
          troubles.replaceChildren(...now.troubles.map((words) => el("li", {}, words)));
          troubles.hidden = !now.troubles.length;
          const [tn, fp, fn, tp] = mine.confusion;
          counts.replaceChildren(
            grid(t("Your program’s answers"), ["", t("said negative"), t("said positive")], [[t("is negative"), number(tn), number(fp)], [t("is positive"), number(fn), number(tp)]]),
            grid(t("Right on how many reviews"), ["", t("reviews")], [[t("both"), number(compared.both)], [t("only your program"), number(compared.only_program)], [t("only {name}", { name: word(now.opponent) }), number(compared.only_learned)], [t("neither"), number(compared.neither)]]),
            ...(now.rules.length ? [grid(t("Cases by rule (line of your program, counted from its first)"), [t("rule"), t("cases"), t("right")], [...now.rules.map((r) => [el("code", {}, r.rule), number(r.cases), percent(r.right / r.cases)]), ...(now.more_rules ? [[t("{n} more", { n: now.more_rules }), "", ""]] : [])], "lw-program-rules")] : []));
          const who = /** @type {"program" | "learned"} */ (current("who"));
          tabs.forEach((tab, i) => {
            tab.setAttribute("aria-pressed", String(sides[i] === who));
            tab.textContent = sides[i] === "program" ? t("Only your program is right ({n})", { n: number(compared.only_program) }) : t("Only {name} is right ({n})", { name: word(now.opponent), n: number(compared.only_learned) });
          });
          list.setAttribute("aria-label", tabs[sides.indexOf(who)].textContent ?? "");
          const rows = now.texts[who] ?? [];
          list.replaceChildren(...rows.map((one) => el("li", {}, el("span", { class: "lw-program-text", dir: "auto", dataset: { learner: "" } }, one.text), el("span", { class: "lw-program-said" },
            t("It is {label}; your program: {said}; {name}: {learned}", { label: verdict(one.label), said: verdict(one.said), name: word(now.opponent), learned: verdict(one.learned) }), one.rule ? el("code", {}, ` ${one.rule}`) : null))), ...(rows.length ? [] : [el("li", {}, t("There is none."))]));
          const missing = n - mine.answered;
          return sentences(
            t("Your program is right on {mine} of {n} test reviews, {name} on {theirs}.", { mine: percent(mine.accuracy), n: number(n), name: word(now.rows[now.rows.length - 1].name), theirs: percent(now.rows[now.rows.length - 1].accuracy) }),
            missing > 0 && t("It had no answer for {n}; of the others it is right on {share}.", { n: number(missing), share: percent(mine.answered ? (tn + tp) / mine.answered : NaN) }),
            kinds.unreached > 0 && t("It took too long: {n} texts were not tried, and count as wrong.", { n: number(kinds.unreached) }));
        },
        rows: (/** @type {Found} */ now) => ({
          caption: t("Share of right answers, with its 95 % interval."),
          columns: [t("method"), t("accuracy"), t("from"), t("to"), t("answered")],
          rows: now.rows.map((row) => [word(row.name), percent(row.accuracy), percent(row.low), percent(row.high), row.answered]),
        }),
      };
    },
  });
}

export default widget({ state: () => ({}), view });
