// What preprocessing loses: pairs of different texts, and whether they can still be told apart.
import { el, number } from "./kit.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */

/** @param {Translate} t @param {(text: string) => void} take  hears which text was chosen */
export function pairsPanel(t, take) {
  const title = el("h4", { class: "lw-compare-name" }), list = el("ul", { class: "lw-compare-pairs" }), own = el("p", { class: "lw-compare-own" });
  const text = (/** @type {string} */ words) => el("button", { type: "button", class: "lw-compare-take", title: t("Compare this text"), dataset: { learner: "" }, on: { click: () => take(words) } }, visible(words).replaceAll("␣", " "));
  let last = "";
  return {
    node: el("div", { class: "lw-compare-panel", role: "group" }, title, list, own),
    /** @param {any} found */
    paint(found) {
      title.textContent = t("What preprocessing loses");
      if (!found.pairs) return;
      const key = JSON.stringify([found.pairs, found.merged, t("Compare this text")]);
      if (key === last) return;
      last = key;
      const at = [...list.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement));
      list.replaceChildren(...found.pairs.map((/** @type {[string, string, string, string, boolean]} */ [a, b, after, , same]) => el("li", { dataset: { same: String(same) } },
        el("span", { class: "lw-compare-two" }, text(a), text(b)),
        el("span", { class: "lw-compare-verdict" }, same ? t("✗ both become:") : t("✓ two texts"), same && " ", same && el("bdi", { dataset: { learner: "" } }, after)))));
      if (at >= 0) list.querySelectorAll("button")[at]?.focus({ preventScroll: true });
      const { count, groups } = found.merged;
      own.textContent = !(found.lowercase || !found.punctuation) ? t("Turn a switch on: these texts lose what tells them apart.") : count
        ? t("Different pieces of your text become the same, {n} times: {list}.", { n: number(count), list: groups.map((/** @type {string[]} */ group) => group.map(visible).join(" = ")).join(t("; ")) + (count > groups.length ? " …" : "") })
        : t("In your text no two different pieces become the same.");
    },
  };
}
