// What a guess rests on: attention, gradient and deletion of each token as aligned bars, and whether they agree.
import { N, csv, download, el, percent, table } from "./kit.js";
import { arrows, failures, lookingView } from "./looking.js";
import { agreement, largest, signed, signedAmong } from "./looking_logic.js";
import { widget } from "./sheet.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {{ text: string[], position: number, tokens: string[], target: string, probability: number, attention: number[][], gradient: number[], length: number[], deletion: (number | null)[], neutral: string | null, agreement: (number | null)[][] }} Found */

/** The mean of the layers, or one of them. @param {Found} found @param {number | null} layer */
const attentionOf = (found, layer) => (layer !== null && found.attention[layer]) || found.attention[0].map((_, i) => found.attention.reduce((sum, row) => sum + row[i], 0) / found.attention.length);

/** @param {Model} model @param {HTMLElement} host @param {ReturnType<typeof failures>} failure */
function view(model, host, failure) {
  const found = () => /** @type {Found} */ (model.get("_found"));
  const rows = () => { const now = found(); if (!now.tokens) return []; const attention = attentionOf(now, model.get("layer")); return now.tokens.map((token, i) => /** @type {(string | number | null)[]} */ ([i + 1, token, attention[i], now.gradient[i], now.length[i], now.deletion[i]])); };
  const asTable = el("div", { class: "lw-scroll lw-look-table", hidden: true, tabindex: "0" });
  const looking = lookingView(model, host, failure, {
    title: N("What a guess rests on"),
    help: N("Choose a token of the text, or the one that comes next: the model guesses it from those before it. Three answers to the question which of these it rests on: attention, how much the last token looks at each; gradient, how the guess would change with a small change of the token's embedding; deletion, how much the guess loses when the token is really taken away. Only deletion changes the text. Where the three disagree, attention is no explanation."),
    file: "saliency",
    menu: [
      { label: N("Show as a table"), run: () => { asTable.hidden = !asTable.hidden; looking.paint(); } },
      { label: N("Save the numbers (CSV)"), run: () => download("saliency.csv", csv([["place", "token", "attention", "gradient_x_embedding", "gradient_length", "deletion"], ...rows()]), "text/csv") },
    ],
    make: (t) => {
      const caption = el("p", { class: "lw-look-caption" }), line = el("div", { class: "lw-saliency-text", role: "listbox" });
      const guess = el("p", { class: "lw-saliency-guess", dataset: { role: "guess" } });
      const heads = el("div", { class: "lw-saliency-row lw-saliency-heads" }), list = el("div", { class: "lw-saliency-list", role: "list" });
      const frame = el("div", { class: "lw-scroll lw-saliency-frame", tabindex: "0" }, heads, list);
      const layer = el("select", { dataset: { role: "layer" }, on: { change: () => { model.set("layer", layer.value === "" ? null : Number(layer.value)); model.save_changes(); } } });
      const deletion = el("select", { dataset: { role: "deletion" }, on: { change: () => model.send({ type: "choose", changes: { deletion: deletion.value } }) } }, el("option", { value: "replace" }), el("option", { value: "remove" }));
      const names = [el("span", {}), el("span", {})];
      const verdicts = el("div", { class: "lw-saliency-verdicts", dataset: { role: "agreement" } });
      const picture = el("div", {}, caption, line, guess, frame, verdicts, el("div", { class: "lw-look-choices" }, el("label", {}, names[0], layer), el("label", {}, names[1], deletion)), asTable);
      let chips = /** @type {HTMLElement[]} */ ([]), drawn = "";
      arrows(line, () => [chips]);

      /** A bar from the left, or from the middle where numbers have a sign. @param {number | null} x @param {number} most @param {boolean} both */
      function bar(x, most, both) {
        const part = most > 0 && x !== null ? Math.min(1, Math.abs(x) / most) : 0;
        const style = both ? { left: x !== null && x < 0 ? `${50 - 50 * part}%` : "50%", width: `${50 * part}%` } : { left: "0", width: `${100 * part}%` };
        return el("div", { class: both ? "lw-look-bar lw-saliency-both" : "lw-look-bar" }, el("span", { class: both ? (x !== null && x < 0 ? "lw-saliency-low" : "lw-saliency-high") : "lw-saliency-look", style }));
      }

      return {
        picture,
        relabel() {
          caption.textContent = t("Which token is guessed? Choose one; the last is what comes next.");
          line.setAttribute("aria-label", t("The token that is guessed"));
          heads.replaceChildren(...[t("Token"), t("Attention"), t("Gradient"), t("Deletion")].map((name) => el("span", {}, name)));
          names[0].textContent = t("Attention of");
          names[1].textContent = t("Deletion: a token is");
          deletion.options[1].textContent = t("removed");
          frame.setAttribute("aria-label", t("The tokens before the guess"));
          asTable.setAttribute("aria-label", t("What the guess rests on, token by token"));
          drawn = "";
        },
        paint(/** @type {Found} */ now) {
          const chosen = model.get("layer"), which = chosen !== null && now.attention[chosen] ? chosen : null;
          const key = JSON.stringify([now.text, model.get("language")]);
          if (key !== drawn) {
            drawn = key;
            const pick = (/** @type {number} */ i) => model.send({ type: "choose", changes: { position: i >= now.text.length ? null : i } });
            chips = [...now.text, ""].map((token, i) => i === 0 ? null : el("button", { type: "button", class: "lw-saliency-chip lw-look-token", role: "option", tabindex: "-1", dataset: { place: String(i), learner: "" }, on: { click: () => pick(i) } }, el("bdi", {}, i < now.text.length ? visible(token) : "?"))).filter((x) => x !== null);
            line.replaceChildren(el("bdi", { class: "lw-saliency-chip lw-look-token", dataset: { learner: "" } }, visible(now.text[0])), ...chips);
            layer.replaceChildren(el("option", { value: "" }, t("all layers (mean)")), ...now.attention.map((_, i) => el("option", { value: String(i) }, t("Layer {n}", { n: i + 1 }))));
          }
          const moved = line.dataset.at !== `${now.position} ${key.length}`;
          line.dataset.at = `${now.position} ${key.length}`;
          chips.forEach((chip) => {
            const place = Number(chip.dataset.place), on = place === now.position;
            chip.setAttribute("aria-selected", String(on));
            if (!line.contains(document.activeElement)) chip.tabIndex = on ? 0 : -1;
            chip.setAttribute("aria-label", place < now.text.length ? visible(now.text[place]) : t("what comes next"));
            if (on && moved) line.scrollTop = Math.max(0, chip.offsetTop - line.clientHeight / 2);
            chip.classList.toggle("lw-saliency-read", place < now.position && place >= now.position - now.tokens.length);
          });
          layer.value = which === null ? "" : String(which);
          deletion.value = model.get("deletion");
          deletion.options[0].textContent = now.neutral === null ? t("replaced") : t("replaced by {token}", { token: visible(now.neutral) });
          guess.replaceChildren(now.position < now.text.length ? t("The token of the text: ") : t("The likeliest next token: "), el("bdi", { class: "lw-look-token", dataset: { learner: "" } }, visible(now.target)), t(", which the model gives {share}.", { share: percent(now.probability) }));
          const attention = attentionOf(now, which);
          const most = [largest(attention), largest(now.gradient), largest(now.deletion)];
          const down = frame.scrollTop + frame.clientHeight >= frame.scrollHeight - 4 || !list.childElementCount;
          list.replaceChildren(...now.tokens.map((token, i) => el("div", { class: "lw-saliency-row", role: "listitem" },
            el("bdi", { class: "lw-look-token lw-saliency-token", dataset: { learner: "" } }, visible(token)),
            el("div", { class: "lw-saliency-cell" }, bar(attention[i], most[0], false), el("span", { class: "lw-number" }, percent(attention[i], attention[i] < 0.0995 ? 1 : 0).replace(" ", "\u202f"))),
            el("div", { class: "lw-saliency-cell" }, bar(now.gradient[i], most[1], true), el("span", { class: "lw-number" }, signedAmong(now.gradient[i], most[1]))),
            el("div", { class: "lw-saliency-cell" }, bar(now.deletion[i], most[2], true), el("span", { class: "lw-number" }, signedAmong(now.deletion[i], most[2]))))));
          if (down) frame.scrollTop = frame.scrollHeight; // the last tokens are those next to the guess
          const [withDeletion, withGradient, other] = now.agreement[which === null ? 0 : which + 1] ?? [null, null, null];
          const shown = (/** @type {number | null} */ r) => (r === null ? "–" : signed(r));
          verdicts.replaceChildren(...[[t("Attention and deletion"), withDeletion], [t("Attention and gradient"), withGradient], [t("Gradient and deletion"), other]].map(([name, r]) => el("div", {}, el("b", { class: "lw-number" }, shown(/** @type {number | null} */ (r))), ` ${name} `, el("span", {}, t(agreement(/** @type {number | null} */ (r)))))));
          asTable.replaceChildren(...(asTable.hidden ? [] : [table(t("What the guess rests on, token by token"), [t("Place"), t("Token"), t("Attention"), t("Gradient"), t("Length of the gradient"), t("Deletion")], rows().map(([i, token, a, g, l, d]) => [String(i), visible(String(token)), percent(Number(a)), signed(/** @type {number | null} */ (g), 3), signed(/** @type {number | null} */ (l), 3).replace("+", ""), signed(/** @type {number | null} */ (d), 3)]))]));
          for (const cell of asTable.querySelectorAll("td:nth-child(2)")) /** @type {HTMLElement} */ (cell).dataset.learner = "";
          if (withDeletion === null) return t("There are too few tokens before this guess to compare attention with deletion.");
          const r = { r: shown(withDeletion) };
          if (withDeletion >= 0.7) return t("Here attention and deletion largely agree (rank correlation {r}): the tokens that are looked at are those that the guess rests on.", r);
          if (withDeletion >= 0.4) return t("Here attention and deletion agree only in part (rank correlation {r}): some tokens are looked at and hardly matter, or matter and are hardly looked at.", r);
          if (withDeletion >= 0.15) return t("Here attention tells little of what the guess rests on (rank correlation with deletion {r}): attention is not explanation.", r);
          return t("Here attention does not tell what the guess rests on (rank correlation with deletion {r}): attention is not explanation.", r);
        },
      };
    },
  });
  return looking.dispose;
}

export default widget({ state: failures, view });
