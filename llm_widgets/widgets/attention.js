// The attention map: a grid of heads, one enlarged, lines from token to token, and a time line.
import { N, csv, download, el, number, palette, sentences, surface, table } from "./kit.js";
import { gradient } from "./attention_colours.js";
import { rowOf, columnOf, strongest } from "./attention_data.js";
import { boxOf, drawMap, squareAt } from "./attention_draw.js";
import { headGrid } from "./attention_grid.js";
import { tokenLines } from "./attention_lines.js";
import { scenes } from "./attention_scene.js";
import { keepAttention } from "./attention_store.js";
import { ownText } from "./attention_own.js";
import { headName, naming, oddWords, patternWords, readOut, share, change } from "./attention_text.js";
import { timeLine } from "./attention_time.js";
import { isWhole, moved, revealing, whole, zoomed } from "./attention_window.js";
import { sheet, widget } from "./sheet.js";

/** @typedef {import("./attention_draw.js").MapScene} MapScene */
/** @typedef {{ query: number | null, key: number | null }} Pointed */
const HEIGHT = 440, SETTLED = 200; // CSS pixels of a map at most; ms without news, after which exact numbers are asked for
const TRAITS = ["layer", "head", "query", "key", "step", "compare", "hide_first", "stretch", "text", "_waiting"];

/** @param {import("./kit.js").Model} model @param {HTMLElement} host @param {import("./attention_store.js").Store} store */
function show(model, host, store) {
  const scene = scenes(model, store), ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  let part = whole(0, 0), shape = "", hover = /** @type {(Pointed & { from: string }) | null} */ (null), frame = 0, frames = 0, settling = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let steps = scene.steps(), big = scene.enlarged(steps), painted = /** @type {unknown[]} */ ([]), named = false;
  const paper = sheet(model, host, {
    title: N("Attention map"),
    help: N("Each small map is one head of one layer. A row is a token that looks (query, blue), a column a token that is looked at (key, orange); the brighter a square, the larger its share of the row's attention, and each row sums to 1. Many heads look at the first token when they find nothing of use: it is an attention sink, and can be hidden; then each row is divided by what is left of it. Attention shows where a head reads, not why the model answers as it does. Ctrl and the wheel, or + and −, zoom into a map; drag it to move about."),
    menu: [
      { label: N("Show as a table"), run: () => { tables.hidden = !tables.hidden; update(); }, hidden: () => !big },
      { label: N("Save the picture (PNG)"), run: () => picture(), hidden: () => !big },
      { label: N("Save the numbers (CSV)"), run: () => download("attention-map.csv", csv(numbers()), "text/csv"), hidden: () => !big },
      { label: N("Save as a page (HTML)"), run: () => model.send({ type: "export" }), hidden: () => Boolean(model.get("_standalone")) },
    ],
    relabel: () => { painted = []; time.relabel(); relabel(); update(); },
  });
  const { t } = paper, queries = () => store.about.shape[2], keys = () => store.about.shape[3];
  const set = (/** @type {Record<string, any>} */ traits) => { for (const [name, value] of Object.entries(traits)) model.set(name, value); model.save_changes(); update(); };
  const pointed = () => hover ?? { query: scene.query(), key: scene.key() };
  const point = (/** @type {Pointed | null} */ at, /** @type {string} */ from) => { if (at?.query === hover?.query && at?.key === hover?.key) return; hover = at && { ...at, from }; look(); };
  /** Selects with the keyboard, and says so. @param {Pointed} at */
  const select = (at) => { hover = null; part = revealing(part, at.query, at.key, queries(), keys()); set(at); paper.say(words(), true); };
  /** Where a query looks most. @param {number | null} query */
  const best = (query) => (big && query !== null ? strongest(rowOf(big.now.weights, keys(), query), 1)[0]?.index : undefined);
  const zoom = (/** @type {number} */ factor, /** @type {Pointed} */ about = pointed()) => {
    part = factor ? zoomed(part, factor, about.query ?? part.q0 + part.rows / 2, about.key ?? best(about.query) ?? part.k0 + part.cols / 2, queries(), keys()) : whole(queries(), keys());
    look();
  };

  const grid = headGrid({ choose: (place, go) => { set(place); if (go) maps[1].surface.canvas.focus(); paper.say(sentences(headName(t, chosen()), does()), true); } });
  const lines = tokenLines({
    point: (at) => point(at, "lines"), leave: () => grid.focus(), label: () => t("From token to token"),
    choose: (side, i) => { const now = side === "query" ? scene.query() : scene.key(), other = side === "query" ? "key" : "query"; hover = null; select(/** @type {Pointed} */ ({ [side]: now === i ? null : i, [other]: null })); },
    step: (side, by) => { const count = side === "query" ? queries() : keys(), now = side === "query" ? scene.query() : scene.key(); select(/** @type {Pointed} */ ({ query: null, key: null, [side]: Math.max(0, Math.min(count - 1, now === null ? (by > 1e5 ? count - 1 : 0) : now + by)) })); },
  });
  const time = timeLine({ t, show: (step) => set({ step }), compare: (step) => set({ compare: step }) });

  const corner = () => ({ query: t("query ↓"), key: t("key →") });
  const mapScene = (/** @type {number} */ which) => {
    const { queries: q, keys: k } = scene.tokens(), { query, key } = pointed(), all = /** @type {NonNullable<typeof big>} */ (big);
    const weights = which === 0 ? all.before?.weights : which === 1 ? all.now.weights : all.change;
    return weights && /** @type {MapScene} */ ({ weights, top: which === 2 ? all.changeTop : all.top, signed: which === 2, queries: q, keys: k, part, query, key, words: corner() });
  };
  // Before, now, and what has changed; before and change only in a comparison.
  const maps = [0, 1, 2].map((which) => {
    const caption = el("figcaption"), made = surface({
      // The whole map sets the height, so that zooming moves nothing.
      height: (width, colours) => (store.about.shape[0] ? Math.max(180 * colours.scale, boxOf(ruler, width, HEIGHT * colours.scale, { ...scene.tokens(), part: whole(queries(), keys()), words: corner() }, colours).height) : 240 * colours.scale),
      label: () => sentences(`${headName(t, chosen())}.`, which === 2 ? t("What has changed.") : which === 0 ? t("Before.") : does(), words()),
      draw: (g, width, height, colours) => {
        const what = big && mapScene(which);
        if (!what) return;
        made.canvas.dataset.box = JSON.stringify({ ...drawMap(g, width, height, colours, what), ...part, scale: what.top });
      },
    });
    listen(made.canvas);
    return { surface: made, caption, node: el("figure", { class: "lw-am-map" }, caption, made.node) };
  });

  /** Pointing, dragging and keys. @param {HTMLCanvasElement} canvas */
  function listen(canvas) {
    let held = /** @type {{ x: number, y: number, part: typeof part, moved: boolean } | null} */ (null);
    const at = (/** @type {MouseEvent} */ e) => (big && canvas.dataset.box ? squareAt(JSON.parse(canvas.dataset.box), part, e.offsetX, e.offsetY) : null);
    canvas.addEventListener("pointerdown", (e) => { held = { x: e.offsetX, y: e.offsetY, part, moved: false }; if (!isWhole(part, queries(), keys())) canvas.setPointerCapture(e.pointerId); });
    canvas.addEventListener("pointermove", (e) => {
      if (held && e.buttons & 1 && !isWhole(part, queries(), keys())) {
        const box = JSON.parse(canvas.dataset.box ?? "{}"), dx = e.offsetX - held.x, dy = e.offsetY - held.y;
        held.moved ||= Math.hypot(dx, dy) > 4;
        if (held.moved) { part = moved(held.part, -dy / box.cellH, -dx / box.cellW, queries(), keys()); hover = null; return look(); }
      }
      point(at(e), "map");
    });
    canvas.addEventListener("pointerleave", () => point(null, "map"));
    canvas.addEventListener("pointerup", (e) => {
      const dragged = held?.moved, found = at(e), same = found?.query === scene.query() && found?.key === scene.key();
      held = null;
      if (!dragged) { hover = null; set(found && !same ? found : { query: null, key: null }); }
    });
    canvas.addEventListener("dblclick", (e) => { const found = at(e); if (found) zoom(2, found); });
    canvas.addEventListener("wheel", (e) => { if (!e.ctrlKey && !e.metaKey) return; e.preventDefault(); zoom(e.deltaY < 0 ? 1.25 : 0.8, at(e) ?? pointed()); }, { passive: false });
    canvas.addEventListener("keydown", (e) => {
      const { query, key } = pointed(), by = (/** @type {number | null} */ i, /** @type {number} */ step, /** @type {number} */ count) => (i === null ? (step < 0 && step > -1e5 ? count - 1 : 0) : Math.max(0, Math.min(count - 1, i + step)));
      const to = /** @type {Record<string, () => Pointed>} */ ({
        ArrowUp: () => ({ query: by(query, -1, queries()), key }), ArrowDown: () => ({ query: by(query, 1, queries()), key }), PageUp: () => ({ query: by(query, -10, queries()), key }), PageDown: () => ({ query: by(query, 10, queries()), key }),
        ArrowLeft: () => ({ query, key: by(key, -1, keys()) }), ArrowRight: () => ({ query, key: by(key, 1, keys()) }), Home: () => ({ query, key: 0 }), End: () => ({ query, key: keys() - 1 }),
      })[e.key];
      if (!big || e.ctrlKey || e.metaKey) return;
      if (to) select(to());
      else if (e.key === "Escape") grid.focus();
      else if (e.key === "+" || e.key === "=") zoom(1.5);
      else if (e.key === "-") zoom(1 / 1.5);
      else if (e.key === "0") zoom(0);
      else return;
      e.preventDefault();
    });
  }

  const title = el("h4", { class: "lw-am-name" }), note = el("p", { class: "lw-am-note" }), empty = el("p", { class: "lw-am-empty" }), odd = el("p", { class: "lw-am-odd" });
  const gridName = el("h4", { class: "lw-am-name" }), linesName = el("h4", { class: "lw-am-name" }), lineHeads = ["query", "key"].map((side) => el("span", { class: `lw-am-${side}` })), tables = el("div", { class: "lw-scroll", tabindex: "0", role: "region", hidden: true });
  const [nearer, farther, all] = [["+", 1.5], ["−", 1 / 1.5], ["⤢", 0]].map(([sign, factor]) => el("button", { type: "button", class: "lw-quiet", on: { click: () => zoom(Number(factor)) } }, String(sign)));
  const scales = [false, true].map((signed) => { const ends = [el("span", { class: "lw-number" }), el("span", { class: "lw-number" })]; return { signed, ends, node: el("p", { class: "lw-am-scale" }, ends[0], el("span", { class: "lw-am-colours", "aria-hidden": "true", style: { background: gradient(signed) } }), ends[1], el("span")) }; });
  const tick = (/** @type {string} */ trait) => { const input = el("input", { type: "checkbox", on: { change: () => set({ [trait]: input.checked }) } }), name = el("span"); return { trait, input, name, node: el("label", { class: "lw-check" }, input, name) }; };
  const ticks = [tick("hide_first"), tick("stretch")];
  const heads = el("div", { class: "lw-am-heads" }, gridName, el("div", { class: "lw-am-scroll" }, grid.node));
  const view = el("div", { class: "lw-am-view" }, el("div", { class: "lw-am-bar" }, title, nearer, farther, all), note, el("div", { class: "lw-am-maps" }, ...maps.map((m) => m.node)), ...scales.map((s) => s.node));
  const flow = el("div", { class: "lw-am-lines" }, linesName, el("div", { class: "lw-am-line-heads" }, ...lineHeads), lines.node);
  const sheets = el("div", { class: "lw-am" }, heads, view, flow), failure = el("p", { class: "lw-failure", role: "alert", hidden: true });
  paper.body.append(failure, empty, sheets, tables);
  paper.controls.append(time.node, ...ticks.map((one) => one.node));
  paper.root.append(odd);

  // A map that follows a model has a text of the learner's own.
  const own = model.get("text") === undefined || model.get("_standalone") ? null : ownText(model);
  if (own) paper.body.prepend(own.node);

  const chosen = () => { const [layers, heads] = store.about.shape; return { ...scene.place(), layers, heads }; };
  const does = () => { const found = big && !steps.comparing && scene.pattern(big.now.weights); return sentences(steps.comparing && t("Blue: less attention than before, red: more."), found ? patternWords(t, found) : "", scene.hidden() && t("The first token is hidden: each row is divided by what is left of it.")); };
  const words = () => {
    if (!big) return "";
    const { query, key } = pointed(), weights = big.change ?? big.now.weights, before = big.before?.weights, now = big.now.weights, at = query !== null && key !== null ? query * keys() + key : -1;
    return readOut(t, {
      query, key, queries: naming(store.about.queries, t), keys: naming(store.about.keys, t), signed: Boolean(big.change), row: query === null ? [] : rowOf(weights, keys(), query), column: key === null ? [] : columnOf(weights, keys(), key),
      left: query !== null && big.now.left && !big.change ? big.now.left[query] : null, pair: before && at >= 0 ? [before[at], now[at]] : null,
    });
  };
  const relabel = () => {
    gridName.textContent = t("Layers ↓ and heads →");
    grid.node.setAttribute("aria-label", t("Heads, a row a layer: arrows move, Enter enlarges"));
    linesName.textContent = t("From token to token");
    lineHeads.forEach((head, i) => { head.textContent = i ? t("key") : t("query"); });
    lines.lists.query.setAttribute("aria-label", t("Queries: the tokens that look"));
    lines.lists.key.setAttribute("aria-label", t("Keys: the tokens that are looked at"));
    for (const [button, name] of /** @type {[HTMLElement, string][]} */ ([[nearer, t("Zoom in")], [farther, t("Zoom out")], [all, t("Show the whole map")]])) { button.setAttribute("aria-label", name); button.title = name; }
    ticks[0].name.textContent = t("Hide the first token");
    ticks[1].name.textContent = t("Stretch the colours");
    tables.setAttribute("aria-label", t("The same as a table"));
    own?.relabel(t);
    for (const m of maps) m.surface.restyle();
    lines.restyle();
  };
  /** All that depends on what is pointed at or on the window, and on nothing else. */
  const look = () => {
    const { query, key } = pointed();
    Object.assign(paper.root.dataset, { query: query ?? "", key: key ?? "", rows: part.rows });
    paper.status(words());
    for (const m of maps) m.surface.invalidate();
    for (const m of maps) m.surface.canvas.classList.toggle("lw-am-zoomed", !isWhole(part, queries(), keys()));
    /** @type {any} */ (all).disabled = /** @type {any} */ (farther).disabled = isWhole(part, queries(), keys());
    if (big) lines.show({ weights: big.now.weights, signed: false, top: big.top, ...scene.tokens() }, { query, key }, hover?.from === "lines" ? null : { query, key });
  };
  const paintGrid = () => {
    const [layers, count] = store.about.shape, { shown, other } = steps;
    grid.shape(layers, count, { mean: t("mean"), all: t("all") });
    grid.select(scene.place());
    if (shown === null) return;
    const stamp = [store.bytes(shown), other === null ? null : store.bytes(other), scene.hidden(), model.get("stretch"), named, model.get("language")];
    if (stamp.every((one, i) => one === painted[i]) && painted.length) return;
    painted = stamp;
    grid.paint((place) => {
      const { weights, now, top, signed } = scene.small(steps, place), found = named && scene.quick() ? scene.pattern(now) : null;
      return { weights, top, signed, name: sentences(`${headName(t, { ...place, layers, heads: count })}.`, found && patternWords(t, found)) };
    }, queries(), keys());
  };
  const update = () => {
    const { about } = store, stamp = `${about.generation}`;
    if (stamp !== shape) { shape = stamp; hover = null; part = whole(queries(), keys()); }
    steps = scene.steps();
    big = scene.enlarged(steps);
    sheets.hidden = !about.shape[0];
    empty.hidden = Boolean(about.shape[0]);
    empty.textContent = own ? own.waiting(t) : t("Attention will appear here.");
    own?.update();
    for (const one of ticks) one.input.checked = Boolean(model.get(one.trait));
    ticks[0].input.disabled = keys() < 2;
    time.update(about.steps, scene.nearest(model.get("step")), steps.comparing ? scene.nearest(model.get("compare")) : null, about.live);
    paper.root.classList.toggle("lw-am-comparing", steps.comparing);
    maps.forEach((m, i) => { m.node.hidden = i !== 1 && !steps.comparing; m.caption.hidden = !steps.comparing; });
    [steps.other, steps.shown].forEach((step, i) => { maps[i].caption.textContent = step === null ? "" : t("step {step}", { step: number(step) }); });
    maps[2].caption.textContent = t("what has changed");
    flow.hidden = steps.comparing;
    scales.forEach((s) => {
      const top = s.signed ? big?.changeTop ?? 1 : big?.top ?? 1;
      s.node.hidden = s.signed && !steps.comparing;
      s.ends[0].textContent = s.signed ? change(-top) : "0";
      s.ends[1].textContent = s.signed ? change(top) : top < 1 ? `≥ ${share(top)}` : share(top);
      /** @type {HTMLElement} */ (s.node.lastChild).textContent = s.signed ? t("percentage points") : t("of the query's attention");
    });
    title.textContent = about.shape[0] ? headName(t, chosen()) : "";
    note.textContent = does();
    odd.textContent = oddWords(t, about.odd);
    odd.hidden = !about.odd;
    Object.assign(paper.root.dataset, { layer: scene.place().layer ?? "all", head: scene.place().head ?? "mean", step: steps.shown ?? "", other: steps.other ?? "", steps: about.steps.length, frames });
    if (about.shape[0]) paintGrid();
    look();
    if (!tables.hidden) showTable();
    settle();
  };
  /** When nothing has come for a moment: exact numbers, and words for each head. */
  const settle = () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      const { layer, head } = scene.place();
      for (const step of [steps.shown, steps.other]) if (step !== null) store.askExact(step, layer, head);
      if (!named) { named = true; if (store.about.shape[0]) paintGrid(); }
    }, SETTLED);
  };
  const numbers = () => {
    const { queries: q, keys: k } = store.about, { now, before } = /** @type {NonNullable<typeof big>} */ (big), { layer, head } = scene.place(), round = (/** @type {number} */ w) => (Number.isNaN(w) ? "" : Number(w.toPrecision(6)));
    return [["layer", "head", "query", "query_token", "key", "key_token", "weight", ...(before ? ["weight_before"] : [])],
      ...Array.from(now.weights, (w, i) => { const a = Math.floor(i / k.length), b = i % k.length; return [layer ?? "mean", head ?? "mean", a, q[a], b, k[b], round(w), ...(before ? [round(before.weights[i])] : [])]; })];
  };
  const showTable = () => {
    if (!big) return;
    const { now, change: changed } = big, weights = changed ?? now.weights, { query } = pointed(), q = naming(store.about.queries, t), k = naming(store.about.keys, t), say = changed ? change : share;
    if (query === null) tables.replaceChildren(table(changed ? t("{head}: what has changed most for each token", { head: headName(t, chosen()) }) : t("{head}: what each token looks at most", { head: headName(t, chosen()) }), [t("query"), t("key"), t("weight")], store.about.queries.map((_, i) => { const [best] = strongest(rowOf(weights, keys(), i), 1); return [q(i), best ? k(best.index) : "–", best ? say(best.weight) : "–"]; })));
    else tables.replaceChildren(table(t("{head}: what {query} looks at", { head: headName(t, chosen()), query: q(query) }), [t("key"), t("place"), t("weight")], strongest(rowOf(weights, keys(), query), keys()).map(({ index, weight }) => [k(index), index + 1, say(weight)])));
  };
  const picture = () => {
    const shownMaps = maps.map((_, i) => mapScene(i)).filter((m) => m !== undefined && m !== null), colours = { ...palette(paper.root), scale: 1 }, width = 560 * shownMaps.length, height = HEIGHT + 110;
    const canvas = /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (el("canvas", { width: 2 * width, height: 2 * height }))), g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    g.scale(2, 2);
    g.fillStyle = colours.paper;
    g.fillRect(0, 0, width, height);
    shownMaps.forEach((one, i) => { g.save(); g.translate(10 + 560 * i, 56); drawMap(g, 540, HEIGHT, colours, /** @type {MapScene} */ (one)); g.restore(); });
    g.fillStyle = colours.ink;
    g.textAlign = "left";
    g.textBaseline = "alphabetic";
    g.font = `600 15px ${colours.font}`;
    g.fillText(headName(t, chosen()), 14, 26);
    g.font = `12px ${colours.font}`;
    shownMaps.forEach((_, i) => g.fillText(shownMaps.length > 1 ? maps[i].caption.textContent ?? "" : note.textContent ?? "", 14 + 560 * i, 46));
    g.fillText(paper.root.querySelector(".lw-status")?.textContent ?? "", 14, height - 18);
    canvas.toBlob((blob) => { if (blob) download("attention-map.png", blob); }, "image/png");
  };

  const told = (/** @type {any} */ content) => {
    failure.hidden = content.type !== "failed";
    if (content.type === "failed") failure.textContent = content.text;
    if (content.type === "begin") { named = false; painted = []; }
    // However much comes: one picture an animation frame, of the newest.
    frame ||= requestAnimationFrame(() => { frame = 0; frames += 1; update(); });
  };
  const changed = () => update(), projected = () => { maps.forEach((m) => m.surface.restyle()); lines.restyle(); };
  for (const trait of TRAITS) model.on(`change:${trait}`, changed);
  model.on("change:projector", projected);
  store.views.add(told);
  paper.translate();
  return () => {
    clearTimeout(settling);
    cancelAnimationFrame(frame);
    store.views.delete(told);
    for (const trait of TRAITS) model.off(`change:${trait}`, changed);
    model.off("change:projector", projected);
    for (const m of maps) m.surface.dispose();
    lines.dispose();
    time.dispose();
    paper.dispose();
  };
}

export default widget({ state: keepAttention, view: show });
