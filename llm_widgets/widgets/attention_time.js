// The time line: which step is shown, which it is compared with, and a button that plays it.
import { el, number } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */
const FRAME = 150; // ms a step while it plays

/** @param {{ t: Translate, show: (step: number | null) => void, compare: (step: number | null) => void }} options  a step of null: the newest; no comparison */
export function timeLine({ t, show, compare }) {
  let steps = /** @type {number[]} */ ([]), other = /** @type {number | null} */ (null), timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  const at = (/** @type {number} */ i) => (i >= steps.length - 1 ? null : steps[i]);
  const range = () => el("input", { type: "range", min: 0, max: 1, step: 1 });
  const now = range(), then = range(), play = el("button", { type: "button", class: "lw-am-play" }), box = el("input", { type: "checkbox" });
  const nowName = el("span"), nowText = el("output", { class: "lw-number" }), thenText = el("output", { class: "lw-number" }), boxName = el("span");
  const row = el("div", { class: "lw-am-time" }, play, el("label", {}, nowName, now), nowText), second = el("div", { class: "lw-am-time" }, el("label", { class: "lw-check" }, box, boxName), then, thenText);
  const node = el("div", { class: "lw-am-times" }, row, second);
  const stop = () => { clearInterval(timer); timer = undefined; relabel(); };
  const start = () => {
    if (Number(now.value) >= steps.length - 1) { now.value = "0"; show(at(0)); }
    timer = setInterval(() => { now.value = String(Number(now.value) + 1); show(at(Number(now.value))); if (Number(now.value) >= steps.length - 1) stop(); }, FRAME);
    relabel();
  };
  const toggle = () => (timer === undefined ? start() : stop());
  play.addEventListener("click", toggle);
  now.addEventListener("input", () => { if (timer !== undefined) stop(); show(at(Number(now.value))); });
  now.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === " ") { e.preventDefault(); toggle(); } });
  box.addEventListener("change", () => compare(box.checked ? steps[0] : null));
  then.addEventListener("input", () => compare(steps[Number(then.value)]));
  const put = (/** @type {any} */ input, /** @type {HTMLElement} */ output, /** @type {number | null} */ step) => {
    const i = step === null ? steps.length - 1 : Math.max(0, steps.indexOf(step)), words = i === steps.length - 1 ? t("step {step} (newest)", { step: number(steps[i]) }) : t("step {step}", { step: number(steps[i]) });
    input.max = String(Math.max(1, steps.length - 1));
    input.value = String(i);
    input.disabled = steps.length < 2;
    input.setAttribute("aria-valuetext", words);
    output.textContent = words;
  };
  const relabel = () => {
    play.textContent = timer === undefined ? t("Play") : t("Pause");
    nowName.textContent = t("Training step");
    boxName.textContent = t("Compare with");
    then.setAttribute("aria-label", t("Compare with"));
  };
  relabel();
  return {
    node, relabel, dispose: () => clearInterval(timer),
    /** @param {number[]} kept @param {number | null} step  null: the newest @param {number | null} before  null: no comparison @param {boolean} live */
    update(kept, step, before, live) {
      steps = kept;
      other = before;
      node.hidden = !(live || steps.length > 1);
      if (node.hidden) return;
      put(now, nowText, step);
      put(then, thenText, other ?? steps[0]);
      play.disabled = box.disabled = steps.length < 2;
      box.checked = other !== null;
      then.disabled ||= other === null;
      thenText.classList.toggle("lw-am-off", other === null);
    },
  };
}
