// The learner's own text above an attention map that follows a model.
import { N, el } from "./kit.js";

const PAUSE = 250; // milliseconds without a key before a text is sent
/** Why there is no map, by what Python says. @type {Record<string, string>} */
const WHY = { untrained: N("Press Train: the attention appears with the first batch, and moves while the model learns."), empty: N("Write a text to see which token looks at which.") };

/** @param {import("./kit.js").Model} model */
export function ownText(model) {
  const id = `lw-${Math.random().toString(36).slice(2, 8)}`;
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined), typing = false;
  const label = el("label", { class: "lw-am-own-label", for: id });
  const input = el("textarea", { id, rows: 2, spellcheck: "false", dir: "auto", dataset: { role: "own-text" } });
  const recorded = Boolean(model.get("_recorded")); // then it is known of this text alone
  input.readOnly = recorded;
  const send = () => { clearTimeout(timer); typing = false; model.send({ type: "text", text: input.value }); };
  input.addEventListener("input", () => { typing = true; clearTimeout(timer); timer = setTimeout(send, PAUSE); });
  input.addEventListener("blur", () => { if (typing) send(); });
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") input.blur(); });
  return {
    node: el("div", { class: "lw-am-own" }, label, input),
    /** @param {import("./kit.js").Translate} t */
    relabel(t) { label.textContent = recorded ? t("The text that was watched") : t("The text that the model reads"); },
    update() { if (!typing && input !== document.activeElement && input.value !== model.get("text")) input.value = model.get("text"); },
    /** @param {import("./kit.js").Translate} t */
    waiting(t) { const why = WHY[model.get("_waiting")]; if (recorded) return t("Nothing has been played yet: press Play."); return why ? t(why) : t("One moment …"); },
  };
}
