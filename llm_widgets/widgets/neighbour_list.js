// Ranked words with their cosines as bars, and the angle between two vectors, drawn as it is.
import { el, surface } from "./kit.js";
import { cosineText, degrees, neighbourName } from "./neighbour_logic.js";

const NEIGHBOURS_SHOWN = 10;

/**
 * One part: answers to choose from, the angle of the chosen one, or which words have no vector and what is written nearly so.
 * @param {{ t: import("./kit.js").Translate, role: string, label: () => string, from: () => string, take: (wrong: string, right: string) => void }} options
 *   `from` names the vector that the answers are compared with; `take` puts a suggestion in the place of a word.
 */
export function neighbourList({ t, role, label, from, take }) {
  let part = /** @type {import("./neighbour_logic.js").NeighbourPart} */ ({}), chosen = 0, drawn = "";
  const list = el("div", { class: "lw-neighbour-list", role: "radiogroup", dataset: { role } });
  const angle = surface({ height: 138, label: () => sentence(), draw: (g, width, height, colours) => draw(g, width, height, colours) });
  angle.canvas.tabIndex = -1;
  const answers = () => part.answers ?? [], one = () => answers()[Math.min(chosen, answers().length - 1)];
  const sentence = () => { const now = one(); return now ? t("The angle between {from} and “{word}” is {degrees}°, its cosine {cosine}", { from: from(), word: neighbourName(now.word), degrees: Math.round(degrees(now.cosine)), cosine: cosineText(now.cosine) }) : ""; };
  let told = () => {};

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {import("./kit.js").Palette} colours */
  function draw(g, width, height, colours) {
    const now = one();
    if (!now) return;
    const u = colours.scale, turn = Math.acos(Math.max(-1, Math.min(1, now.cosine))), long = Math.min(height - 34 * u, width * 0.42), x = width * 0.42, y = height - 22 * u;
    const arrow = (/** @type {number} */ by, /** @type {string} */ colour) => {
      const tx = x + long * Math.cos(by), ty = y - long * Math.sin(by);
      g.strokeStyle = g.fillStyle = colour;
      g.lineWidth = 2.5 * u;
      g.beginPath();
      g.moveTo(x, y);
      g.lineTo(tx, ty);
      g.stroke();
      g.beginPath();
      for (const side of [0, 2.75, -2.75]) g.lineTo(tx + (side ? 9 * u : 3 * u) * Math.cos(by + side), ty - (side ? 9 * u : 3 * u) * Math.sin(by + side));
      g.fill();
      return [tx, ty];
    };
    g.strokeStyle = colours.ghost;
    g.lineWidth = 1.5 * u;
    g.beginPath();
    g.arc(x, y, long * 0.36, -turn, 0);
    g.stroke();
    const [ax, ay] = arrow(0, colours.blue), [bx, by] = arrow(turn, colours.orange);
    g.font = `${13 * u}px ${colours.font}`;
    g.textBaseline = "top";
    g.fillStyle = colours.blue;
    g.textAlign = "center";
    g.fillText(from(), Math.min(ax, width - 40 * u), ay + 6 * u, width * 0.6);
    g.fillStyle = colours.orange;
    g.textBaseline = "bottom";
    g.textAlign = turn > Math.PI / 2 ? "right" : "left";
    g.fillText(neighbourName(now.word), Math.max(4 * u, Math.min(width - 4 * u, bx + (turn > Math.PI / 2 ? -6 : 8) * u)), Math.max(16 * u, by + 4 * u), width * 0.45);
    g.fillStyle = colours.muted;
    g.textAlign = "left";
    g.textBaseline = "middle";
    g.fillText(`${Math.round(degrees(now.cosine))}°`, x + long * 0.42 * Math.cos(turn / 2), y - long * 0.42 * Math.sin(turn / 2) - (turn < 0.5 ? 8 * u : 0));
  }
  const choose = (/** @type {number} */ i) => { chosen = i; mark(); angle.invalidate(); told(); };
  function mark() {
    [...list.children].forEach((node, i) => { node.setAttribute("aria-checked", String(i === chosen)); /** @type {HTMLElement} */ (node).tabIndex = i === chosen ? 0 : -1; });
  }
  list.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const last = answers().length - 1, to = { ArrowDown: chosen + 1, ArrowRight: chosen + 1, ArrowUp: chosen - 1, ArrowLeft: chosen - 1, Home: 0, End: last }[e.key];
    if (to === undefined || last < 0) return;
    choose((to + last + 1) % (last + 1));
    /** @type {HTMLElement} */ (list.children[chosen]).focus();
    e.preventDefault();
  });
  const bar = (/** @type {number} */ cosine, /** @type {boolean} */ given) => el("span", { class: "lw-neighbour-bar" }, el("span", { class: given ? "lw-neighbour-given" : "", style: { width: `${Math.max(0, 100 * cosine)}%` } }));

  return {
    list, angle: angle.node, one, sentence, restyle: angle.restyle, dispose: angle.dispose,
    /** Called when another answer is chosen. @param {() => void} listener */
    onChoice(listener) { told = listener; },
    relabel() { list.setAttribute("aria-label", label()); drawn = ""; },
    /** @param {import("./neighbour_logic.js").NeighbourPart} now */
    paint(now) {
      const key = JSON.stringify(now);
      if (key === drawn) return angle.invalidate();
      const of = (/** @type {typeof now} */ p) => JSON.stringify([p.word, p.given]);
      if (of(now) !== of(part)) chosen = 0;
      drawn = key;
      part = now;
      chosen = Math.min(chosen, Math.max(0, answers().length - 1));
      const held = list.contains(document.activeElement);
      list.setAttribute("role", now.missing ? "group" : "radiogroup");
      if (now.missing) {
        list.replaceChildren(...now.missing.map(({ word, near }) => el("div", { class: "lw-neighbour-missing" },
          el("p", {}, word.trim() ? t("“{word}” has no vector: it is not in the text, or too rare there.", { word: neighbourName(word) }) : t("Type a word.")),
          near.length ? el("p", {}, t("Written nearly so:"), ...near.map((other) => el("button", { type: "button", dataset: { action: "take" }, on: { click: () => take(word, other) } }, el("bdi", {}, neighbourName(other))))) : null)));
      } else {
        list.replaceChildren(...answers().slice(0, NEIGHBOURS_SHOWN).map(({ word, cosine, given }, i) => el("button", { type: "button", role: "radio", class: "lw-neighbour-row", dataset: { answer: i }, on: { click: () => choose(i) } },
          el("bdi", { class: "lw-neighbour-word" }, neighbourName(word)), bar(cosine, Boolean(given)), el("span", { class: "lw-number" }, cosineText(cosine)), given ? el("span", { class: "lw-neighbour-tag" }, t("given")) : el("span", { class: "lw-neighbour-tag" }))));
        mark();
        if (held) /** @type {HTMLElement | undefined} */ (list.children[chosen])?.focus();
      }
      angle.node.classList.toggle("lw-neighbour-none", Boolean(now.missing));
      angle.invalidate();
    },
  };
}
