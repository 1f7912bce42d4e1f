// Chat: a conversation with a model on this machine; its answers come token by token.
import { N, bytes, download, el } from "./kit.js";
import { MAX_MESSAGE, answered, canSend, fetched, shownTurns } from "./chat_logic.js";
import { settingFields } from "./setting_fields.js";
import { sheet, widget } from "./sheet.js";
import { together } from "./views.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {ReturnType<typeof shared>} Shared */

/** One widget's page side: the answer so far, and the last failure of a message. @param {Model} model */
function shared(model) {
  const own = { piece: "", failure: "" };
  return together(model, own, {
    "msg:custom"(message) {
      if (message.type === "piece") own.piece = message.text;
      if (message.type === "failed") own.failure = message.text;
    },
    change() { if (model.get("state") !== "writing") own.piece = ""; },
  });
}

/** @param {Model} model @param {HTMLElement} host @param {Shared} state */
function view(model, host, state) {
  const paper = sheet(model, host, {
    title: N("Chat"),
    help: N("A language model that learned to hold conversations; it runs on this machine, and nothing leaves it. It reads the whole conversation as one text and writes on, token by token, until a sign for the end is the likeliest. Small models are often wrong: this one writes fluently and knows little. Temperature 0 always takes the likeliest token. Beside the conversation you see its attention: which token looked at which, in every layer and head, for the newest tokens of the text; what lies before them is one column."),
    file: "chat",
    menu: [
      { label: N("Copy text"), run: () => copy() },
      { label: N("Download text"), run: () => download("chat.txt", asText()) },
    ],
    relabel: () => relabel(),
  });
  const { t } = paper;
  const id = `lw-${Math.random().toString(36).slice(2, 8)}`;
  let note = "", spoken = "", drawn = "", atEnd = true;
  const log = el("div", { class: "lw-chat-log", tabindex: "0", role: "log", "aria-live": "off", dataset: { role: "log" }, on: { scroll: () => { atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24; } } });
  // The model is not here, or not ready: what is missing, and the button that gets it.
  const lack = el("p", {}), command = el("code", {}), hint = el("p", { class: "lw-chat-hint" }, command);
  const bar = el("progress", { max: "1", class: "lw-chat-bar" });
  const get = el("button", { type: "button", class: "lw-primary", dataset: { action: "add" }, on: { click: () => { state.failure = ""; model.send({ type: model.get("state") === "failed" ? "hello" : "add" }); } } });
  const missing = el("div", { class: "lw-chat-missing", dataset: { role: "missing" } }, lack, hint, bar, get);
  const label = el("label", { class: "lw-spoken", for: id });
  const box = el("textarea", { id, rows: 2, dir: "auto", maxlength: MAX_MESSAGE, dataset: { role: "message" } });
  const send = el("button", { type: "button", class: "lw-primary", dataset: { action: "send" }, on: { click: () => say() } });
  paper.body.append(log, missing, el("div", { class: "lw-chat-entry" }, label, box, send));

  const again = el("button", { type: "button", dataset: { action: "again" }, on: { click: () => { state.failure = ""; fields.flush(); model.send({ type: "again" }); } } });
  const clear = el("button", { type: "button", dataset: { action: "clear" }, on: { click: () => { state.failure = ""; model.send({ type: "clear" }); box.focus(); } } });

  const fields = settingFields({ model, t, id, moved: () => {}, refused: (why) => { note = why; paint(); note = ""; }, paint: () => state.paint() });
  const settings = [fields.slider("temperature", 0, 2, 0.05, N("Temperature")), fields.slider("top_p", 0.05, 1, 0.05, N("Top-p")), fields.entry("seed", 0, 2 ** 31 - 1, N("Seed"))];
  paper.controls.classList.add("lw-chat-controls");
  paper.controls.append(again, clear, ...settings.map((field) => field.node));

  function say() {
    if (model.get("state") === "writing") { model.send({ type: "stop" }); return; }
    if (!canSend(model.get("state"), box.value)) return;
    fields.flush();
    state.failure = "";
    atEnd = true;
    model.send({ type: "ask", text: box.value.slice(0, MAX_MESSAGE) });
    box.value = "";
    state.paint();
  }
  box.addEventListener("input", () => { state.failure = ""; state.paint(); });
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    // Enter also chooses a word where Chinese is typed.
    if (e.key === "Enter" && !e.shiftKey && !e.ctrlKey && !e.metaKey && !e.isComposing) { e.preventDefault(); if (model.get("state") === "ready") say(); }
    if (e.key === "Escape") { if (model.get("state") === "writing") say(); else box.blur(); }
  });

  const turns = () => shownTurns(model.get("turns"), model.get("state"), state.piece);
  const who = (/** @type {string} */ role) => (role === "user" ? t("You") : t("Model"));
  const asText = () => turns().map((turn) => `${who(turn.role)}: ${turn.content}`).join("\n\n");
  const copy = async () => {
    try { await navigator.clipboard.writeText(asText()); note = t("Copied."); }
    catch { note = t("The browser does not let this page copy: mark the text and copy it yourself."); }
    paint();
    note = "";
  };

  function paintTurns() {
    const all = turns(), key = JSON.stringify([all.length, model.get("language"), all.map((turn) => turn.role)]);
    if (key !== drawn) {
      drawn = key;
      log.replaceChildren(...all.map((turn) => el("div", { class: `lw-chat-turn lw-chat-${turn.role === "user" ? "user" : "model"}`, dataset: { turn: turn.role } }, el("b", {}, who(turn.role)), el("div", { class: "lw-chat-text", dir: "auto", dataset: { learner: "" } }))));
    }
    all.forEach((turn, i) => {
      const text = /** @type {HTMLElement} */ (log.children[i].lastElementChild);
      if (text.textContent !== turn.content) text.textContent = turn.content;
      text.classList.toggle("lw-chat-pending", model.get("state") === "writing" && i === all.length - 1);
    });
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  function paint() {
    const now = /** @type {string} */ (model.get("state")), about = model.get("_about"), last = model.get("_last"), failure = state.failure || model.get("_failure");
    const lacking = now === "absent" || now === "adding" || now === "failed";
    paintTurns();
    log.hidden = lacking;
    log.dataset.empty = log.children.length ? "" : now === "loading" ? t("Getting the model ready …") : t("Ask something, in English: the model answers on this machine.");
    log.dataset.state = now;
    missing.hidden = !lacking;
    lack.textContent = now === "failed" ? t("The model could not be opened.") : t("The model {name} is not on this machine yet. It is fetched once ({size}, licence {licence}) and then works without a network.", { name: about.name, size: bytes(about.bytes), licence: about.licence || "–" });
    command.textContent = `llm-widgets models add ${about.name}`;
    bar.hidden = now !== "adding";
    const [, done, total] = model.get("_progress");
    if (total) bar.value = done / total; else bar.removeAttribute("value");
    get.textContent = now === "failed" ? t("Try again") : t("Fetch the model");
    get.disabled = now === "adding";
    box.disabled = lacking;
    send.textContent = now === "writing" ? t("Stop") : t("Send");
    send.dataset.action = now === "writing" ? "stop" : "send";
    send.disabled = now !== "writing" && !canSend(now, box.value);
    again.disabled = now !== "ready" || !model.get("turns").length;
    clear.disabled = !model.get("turns").length;
    fields.settle(Boolean(state.failure));
    for (const field of settings) field.paint();
    const told = answered(last, t);
    if (failure) paper.status(failure, "bad");
    else if (note) paper.status(note);
    else if (now === "adding") paper.status(fetched(model.get("_progress"), t));
    else if (now === "writing") paper.status(t("Writing …"));
    else if (now === "loading") paper.status(t("Getting the model ready …"));
    else paper.status(told);
    const news = JSON.stringify([now, last, failure]);
    if (news !== spoken) {
      spoken = news;
      const newest = model.get("turns").at(-1);
      if (failure) paper.say(failure, true);
      else if (now === "ready" && newest?.role === "assistant") paper.say(`${t("Model")}: ${newest.content}`, true);
      else if (now === "writing") paper.say(t("Writing …"), true);
    }
  }

  function relabel() {
    label.textContent = t("Message");
    box.placeholder = t("Message; Enter sends it");
    log.setAttribute("aria-label", t("Conversation"));
    bar.setAttribute("aria-label", t("Fetch the model"));
    again.textContent = t("New answer");
    again.title = t("Answers the last question with another seed");
    clear.textContent = t("Clear");
    for (const field of settings) field.relabel();
    paint();
  }

  paper.translate();
  state.views.add(paint);
  return () => { fields.dispose(); state.views.delete(paint); paper.dispose(); };
}

export default widget({ state: shared, view });
