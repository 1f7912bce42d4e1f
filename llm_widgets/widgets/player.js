// Steps that can be walked and played: to the start, back, play, forward, to the end, and a slider over all of them.
import { el } from "./kit.js";
import { once } from "./once.js";

/** @typedef {import("./kit.js").Translate} Translate */

/**
 * @param {{ t: Translate, root: HTMLElement, length: () => number, at: () => number, go: (at: number) => void, more?: () => boolean, interval?: number, name?: (at: number) => string }} options
 *   `length` counts the places (0 … length − 1), `go` moves to one, `root` is the sheet whose keys step (space, arrows, Home, End) and
 *   `name` says a place in words for the slider. `more`, where given, says whether there can be a place after the last one that is known:
 *   going forward and playing then make it.
 */
export function player({ t, root, length, at, go, more = () => false, interval = 900, name = (i) => `${i + 1} / ${length()}` }) {
  let timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  const last = () => Math.max(0, length() - 1);
  const most = () => last() + (more() ? 1 : 0);
  const stop = () => { clearInterval(timer); timer = undefined; paint(); };
  const move = (/** @type {number} */ to) => { const held = Math.max(0, Math.min(most(), to)); if (held !== at()) go(held); paint(); };
  const by = (/** @type {number} */ steps) => { stop(); move(at() + steps); };
  const play = () => {
    if (timer !== undefined) return stop();
    if (at() >= most()) move(0);
    timer = setInterval(() => { if (at() < most()) move(at() + 1); if (at() >= most()) stop(); }, interval);
    paint();
  };
  const button = (/** @type {string} */ action, /** @type {string} */ sign, /** @type {() => void} */ click) => el("button", { type: "button", class: "lw-play-button", dataset: { action }, on: action === "play" ? once(click) : { click } }, el("span", { "aria-hidden": "true" }, sign));
  const first = button("first", "|◀", () => { stop(); move(0); }), back = button("back", "◀", () => by(-1)), run = button("play", "▶", play), forward = button("forward", "▶", () => by(1)), end = button("last", "▶|", () => { stop(); move(last()); });
  run.classList.add("lw-primary");
  const runWord = el("span", {});
  run.replaceChildren(runWord);
  const slider = el("input", { type: "range", min: 0, step: 1, class: "lw-play-slider", dataset: { role: "step" } });
  slider.addEventListener("input", () => { const to = Number(slider.value); stop(); move(to); }); // stopping paints, and sets the slider back
  const node = el("div", { class: "lw-play", role: "group" }, first, back, run, forward, end, slider);
  const keys = (/** @type {KeyboardEvent} */ e) => {
    const target = /** @type {HTMLElement} */ (e.target);
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || target.closest("input, select, textarea, [role=menu], [role=grid], [role=slider], [role=listbox], [role=radiogroup], [role=application]")) return;
    if (e.key === " " && !target.closest("button, a, summary")) { if (!e.repeat) play(); }
    else if (e.key === "ArrowRight") by(1);
    else if (e.key === "ArrowLeft") by(-1);
    else if (e.key === "Home") { stop(); move(0); }
    else if (e.key === "End") { stop(); move(last()); }
    else return;
    e.preventDefault();
  };
  root.addEventListener("keydown", keys);
  function paint() {
    const here = at(), known = last(), playing = timer !== undefined;
    slider.max = String(known);
    if (Number(slider.value) !== here) slider.value = String(here);
    slider.disabled = known === 0;
    slider.setAttribute("aria-valuetext", name(here));
    run.disabled = most() === 0;
    for (const [one, off] of /** @type {[typeof run, boolean][]} */ ([[first, here <= 0], [back, here <= 0], [forward, here >= most()], [end, here >= known]])) {
      if (off && one === document.activeElement) run.focus({ preventScroll: true }); // a disabled button would swallow the keys that follow
      one.disabled = off;
    }
    runWord.textContent = playing ? t("Pause") : t("Play");
    run.dataset.playing = String(playing);
  }
  return {
    node, paint, stop, play,
    playing: () => timer !== undefined,
    relabel() {
      node.setAttribute("aria-label", t("Steps"));
      slider.setAttribute("aria-label", t("Step"));
      for (const [one, words] of /** @type {[HTMLElement, string][]} */ ([[first, t("To the start")], [back, t("One step back")], [forward, t("One step forward")], [end, t("To the end")]])) { one.setAttribute("aria-label", words); one.title = words; }
      paint();
    },
    dispose() { clearInterval(timer); root.removeEventListener("keydown", keys); },
  };
}
