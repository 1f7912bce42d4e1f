// The embedding map: points that glide while a model trains, a search, neighbours in the whole space, and a time line.
import { N, csv, download, el, number, palette, sentences, table } from "./kit.js";
import { gradient } from "./attention_colours.js";
import { movedMap, pointAt, pointBeyond, revealingMap, WHOLE, zoomedMap } from "./embedding_map_logic.js";
import { mapPanel } from "./embedding_map_panel.js";
import { movingMap } from "./embedding_map_scene.js";
import { keepEmbeddings } from "./embedding_map_store.js";
import { legendWords, mapWords, nearestWords, pointWords, shortName, waitingWords } from "./embedding_map_text.js";
import { player } from "./player.js";
import { sheet, widget } from "./sheet.js";
import { visible } from "./visible.js";

const REACH = 14, LISTED = 50; // CSS pixels within which a point is meant; rows of the table twin
const TRAITS = ["chosen", "step", "show_first", "_waiting"], NOTHING = new Float32Array();

/** @param {import("./kit.js").Model} model @param {HTMLElement} host @param {import("./embedding_map_store.js").EmbeddingStore} store */
function showMap(model, host, store) {
  let hover = /** @type {number | null} */ (null), found = /** @type {Set<number> | null} */ (null), pictured = /** @type {unknown} */ (null), shownStep = /** @type {number | undefined} */ (undefined), frame = 0, live = false, built = false, unsaid = false;
  const twin = el("div", { class: "lw-scroll lw-twin", tabindex: "0", role: "region", hidden: true });
  const paper = sheet(model, host, {
    title: N("Embedding map"),
    help: N("Each point is one row of the embedding table: the vector of one token. A vector has many dimensions; the map shows the plane in which the points lie farthest apart (principal components), turned so that it does not jump from step to step. What is near in the map is often near in the whole space, but not always: the list of neighbours and its cosines are of the whole space. Ctrl and the wheel, or + and −, zoom; drag to move about, or press Shift and an arrow key. An arrow key alone goes to the next point in its direction, Escape leaves it."),
    menu: [
      { label: N("Show as a table"), run: () => { twin.hidden = !twin.hidden; update(); } },
      { label: N("Save the picture (PNG)"), run: () => save(), hidden: () => !there() },
      { label: N("Save the numbers (CSV)"), run: () => download("embedding-map.csv", csv([columns(), ...rows(count())]), "text/csv"), hidden: () => !there() },
      { label: N("Save as a page (HTML)"), run: () => model.send({ type: "export" }), hidden: () => Boolean(model.get("_standalone")) },
    ],
    relabel: () => { if (built) { relabel(); update(true); } },
  });
  const { t } = paper, count = () => store.about.names.length, there = () => count() > 0 && store.about.steps.length > 0;
  const chosen = () => { const row = model.get("chosen"); return row !== null && row !== undefined && row < count() ? row : null; };
  const set = (/** @type {Record<string, any>} */ traits) => { for (const [name, value] of Object.entries(traits)) model.set(name, value); model.save_changes(); update(); };
  const step = () => { const { steps } = store.about, wanted = model.get("step"); return wanted === null || wanted === undefined || !steps.length ? steps.at(-1) : steps.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a)); };
  const near = () => { const row = chosen(); return row === null ? null : store.nearest(row, step()); };
  const map = movingMap({
    store, label: () => sentences(t("Embedding map"), words()),
    marks: () => { const now = near(), row = chosen(), rows = [row, hover].filter((r) => r !== null && r < count()); return { rows: /** @type {number[]} */ (rows), near: row !== null && now ? now.rows : [], found, way: model.get("show_first") && row !== null && now ? now.way : NOTHING, first: Boolean(model.get("show_first")), nameOf: (r) => shortName(store.about.names[r]) }; },
  });
  const canvas = map.canvas;
  const choose = (/** @type {number | null} */ row) => {
    hover = null;
    unsaid = true; // its neighbours may still be on their way
    if (row !== null) { const { x, y } = map.of(row); map.move(revealingMap(map.window(), x, y)); }
    set({ chosen: row });
  };
  const point = (/** @type {number | null} */ row) => { if (row !== hover) { hover = row; map.look(); tell(); } };
  const zoom = (/** @type {number} */ factor, /** @type {{ x: number, y: number } | undefined} */ about = undefined) => {
    const row = chosen(), middle = about ?? (row === null ? map.window() : map.of(row));
    map.move(factor ? zoomedMap(map.window(), factor, middle.x, middle.y) : WHOLE);
    zoomed();
  };
  const panel = mapPanel({ t, id: `lw-embmap-${Math.random().toString(36).slice(2, 8)}`, names: () => store.about.names, choose: (row) => choose(row), point, found: (list) => { found = list.length ? new Set(list) : null; map.look(); } });
  const time = player({
    t, root: paper.root, length: () => Math.max(1, store.about.steps.length), interval: 150,
    at: () => Math.max(0, store.about.steps.indexOf(step() ?? -1)), go: (i) => set({ step: i >= store.about.steps.length - 1 ? null : store.about.steps[i] }),
    name: (i) => stepName(i),
  });
  const stepName = (/** @type {number} */ i) => { const { steps } = store.about; return !steps.length ? "" : i >= steps.length - 1 ? t("step {step} (newest)", { step: number(steps.at(-1)) }) : t("step {step}", { step: number(steps[i]) }); };
  const timeName = el("output", { class: "lw-number lw-embmap-step" }), times = el("div", { class: "lw-embmap-time" }, time.node, timeName);
  const firstBox = el("input", { type: "checkbox", dataset: { role: "first" }, on: { change: () => set({ show_first: firstBox.checked }) } }), firstName = el("span"), firstLabel = el("label", { class: "lw-check" }, firstBox, firstName);
  const [nearer, farther, whole] = [["+", 1.5], ["−", 1 / 1.5], ["⤢", 0]].map(([sign, factor]) => el("button", { type: "button", class: "lw-quiet", dataset: { zoom: factor }, on: { click: () => zoom(Number(factor)) } }, String(sign)));
  const ends = [el("span", { class: "lw-number" }), el("span", { class: "lw-number" })], colourBar = el("span", { class: "lw-embmap-colours", "aria-hidden": "true" }), colourName = el("span"), legend = el("p", { class: "lw-embmap-legend" }, colourName, el("span", { class: "lw-embmap-scale" }, ends[0], colourBar, ends[1]));
  const missing = el("p", { class: "lw-embmap-missing", hidden: true }), failure = el("p", { class: "lw-failure", role: "alert", hidden: true }), empty = el("p", { class: "lw-embmap-empty" });
  const view = el("div", { class: "lw-embmap-view" }, el("div", { class: "lw-embmap-tools" }, legend, nearer, farther, whole), map.node, empty, el("div", { class: "lw-embmap-under" }, times, firstLabel));
  paper.body.append(failure, missing, el("div", { class: "lw-embmap" }, view, panel.node), twin);
  paper.controls.hidden = true;

  // Pointing, dragging and keys.
  let drag = /** @type {{ x: number, y: number, part: import("./embedding_map_logic.js").MapWindow, moved: boolean } | null} */ (null);
  const under = (/** @type {MouseEvent} */ e) => { const row = pointAt(map.screen(), e.offsetX, e.offsetY, REACH); return row < 0 ? null : row; };
  canvas.addEventListener("pointerdown", (e) => { drag = { x: e.offsetX, y: e.offsetY, part: map.window(), moved: false }; });
  canvas.addEventListener("pointermove", (e) => {
    if (drag && e.buttons & 1 && map.window().zoom > 1) {
      const { half } = map.at(0, 0), dx = (e.offsetX - drag.x) / half, dy = (e.offsetY - drag.y) / half;
      if (!drag.moved && Math.hypot(dx, dy) * half > 4) { drag.moved = true; canvas.setPointerCapture(e.pointerId); }
      if (drag.moved) { const { zoom: z } = drag.part; return map.move(movedMap(drag.part, -dx * z, dy * z)); }
    }
    point(under(e));
  });
  canvas.addEventListener("pointerleave", () => point(null));
  canvas.addEventListener("pointerup", (e) => { const moved = drag?.moved; drag = null; if (!moved) { const row = under(e); choose(row === chosen() ? null : row); } });
  canvas.addEventListener("dblclick", (e) => zoom(2, map.at(e.offsetX, e.offsetY)));
  canvas.addEventListener("wheel", (e) => { if (!e.ctrlKey && !e.metaKey) return; e.preventDefault(); zoom(e.deltaY < 0 ? 1.25 : 0.8, map.at(e.offsetX, e.offsetY)); }, { passive: false });
  canvas.addEventListener("keydown", (e) => {
    const way = /** @type {Record<string, [number, number]>} */ ({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })[e.key], row = chosen();
    if (!there() || e.ctrlKey || e.metaKey || e.altKey) return;
    if (way && e.shiftKey) map.move(movedMap(map.window(), way[0] * 0.25, -way[1] * 0.25));
    else if (way) { const to = row === null ? store.about.importance[0] ?? 0 : pointBeyond(map.screen(), row, ...way); if (to >= 0) choose(to); }
    else if (e.key === "Home") choose(store.about.importance[0] ?? 0);
    else if (e.key === "Escape" && row !== null) choose(null);
    else if (e.key === "+" || e.key === "=") zoom(1.5);
    else if (e.key === "-") zoom(1 / 1.5);
    else if (e.key === "0") zoom(0);
    else return;
    e.preventDefault();
  });

  const zoomed = () => { const all = map.window().zoom === 1; farther.disabled = whole.disabled = all; canvas.classList.toggle("lw-embmap-near-by", !all); paper.root.dataset.zoom = map.window().zoom.toFixed(2); };
  const words = () => {
    if (!there()) return waitingWords(t, model.get("_waiting"));
    const row = hover ?? chosen(), picture = pictured ? store.picture(step()) : undefined;
    if (row !== null && row < count()) return sentences(pointWords(t, store.about, store.values, row), row === chosen() && nearestWords(t, store.about, near()));
    return picture ? mapWords(t, store.about, { share: picture.share, step: step(), trained: Boolean(model.get("_trains")) }) : "";
  };
  const tell = () => { const sentence = words(); paper.status(sentence); return sentence; };
  const columns = () => {
    const { kind } = store.about;
    return [t("token"), "x", "y", ...(kind === "none" ? [] : [t("occurrences")]), ...(kind === "polarity" ? [t("texts"), t("positive texts")] : [])];
  };
  const rows = (/** @type {number} */ most, /** @type {number[]} */ order = Array.from({ length: count() }, (_, i) => i)) => {
    const { names, kind, count: counts, texts } = store.about, points = store.picture(step())?.now ?? NOTHING;
    return order.slice(0, most).map((i) => [visible(names[i]), ...[points[2 * i], points[2 * i + 1]].map((v) => Number((v ?? NaN).toPrecision(4))), ...(kind === "none" ? [] : [counts[i]]), ...(kind === "polarity" ? [texts[i], Number(store.values[i].toFixed(4))] : [])]);
  };
  const relabel = () => {
    for (const [button, name] of /** @type {[HTMLElement, string][]} */ ([[nearer, t("Zoom in")], [farther, t("Zoom out")], [whole, t("Show the whole map")]])) { button.setAttribute("aria-label", name); button.title = name; }
    firstName.textContent = t("Show the start");
    twin.setAttribute("aria-label", t("Show as a table"));
    panel.relabel();
    time.relabel();
  };
  const drawTwin = () => {
    const now = near(), { names } = store.about, row = chosen();
    if (twin.hidden || !there()) return twin.replaceChildren();
    twin.replaceChildren(
      ...(row !== null && now ? [table(t("Nearest to “{name}”", { name: visible(names[row]) }), [t("token"), t("cosine")], now.rows.map((other, i) => [visible(names[other]), now.cosines[i].toFixed(3)]))] : []),
      table(t("The {count} points that stand out most", { count: number(Math.min(LISTED, count())) }), columns(), rows(LISTED, store.about.importance).map((line) => line.map((cell) => (typeof cell === "number" ? number(cell) : cell)))),
    );
  };
  const update = (now = false) => {
    const at = step(), picture = there() ? store.picture(at) : undefined, { about } = store;
    empty.hidden = there();
    map.node.hidden = !there();
    empty.textContent = there() ? "" : waitingWords(t, model.get("_waiting"));
    if (picture && picture !== pictured) { pictured = picture; map.show(picture, live && at === about.steps.at(-1)); if (hover !== null && hover >= count()) hover = null; }
    else map.look();
    live = false;
    if (picture) shownStep = at;
    const sentence = tell();
    const ready = unsaid && (chosen() === null || near() !== null || Boolean(model.get("_standalone")));
    paper.say(sentence, now || ready);
    unsaid &&= !ready;
    panel.show(chosen(), near(), { dims: about.dims, standalone: Boolean(model.get("_standalone")), empty: !there() });
    times.hidden = firstLabel.hidden = !model.get("_trains");
    firstBox.disabled = about.steps.length < 2;
    firstBox.checked = Boolean(model.get("show_first"));
    time.paint();
    timeName.textContent = stepName(Math.max(0, about.steps.indexOf(at ?? -1)));
    missing.hidden = !about.missing.length;
    missing.textContent = about.missing.length ? t("Not in the vocabulary: {words}", { words: about.missing.slice(0, 20).map(visible).join(", ") + (about.missing.length > 20 ? " …" : "") }) : "";
    legend.classList.toggle("lw-embmap-off", about.kind === "none" || !there());
    const values = store.values, said = legendWords(t, about.kind, values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), 0));
    colourBar.style.background = gradient(about.kind === "polarity");
    [colourName.textContent, ends[0].textContent, ends[1].textContent] = [said.name, said.low, said.high];
    Object.assign(paper.root.dataset, { step: String(shownStep ?? ""), chosen: chosen() === null ? "" : about.names[chosen()], points: String(count()), waiting: String(model.get("_waiting")) });
    zoomed();
    drawTwin();
  };
  const save = () => {
    const colours = palette(paper.root), band = 56 * (canvas.width / canvas.clientWidth), ratio = canvas.width / canvas.clientWidth;
    const out = /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (el("canvas", { width: canvas.width, height: canvas.height + band }))), g = /** @type {CanvasRenderingContext2D} */ (out.getContext("2d"));
    g.fillStyle = colours.paper;
    g.fillRect(0, 0, out.width, out.height);
    g.drawImage(canvas, 0, 0);
    g.scale(ratio, ratio);
    g.fillStyle = colours.ink;
    g.font = `12px ${colours.font}`;
    g.fillText(paper.root.querySelector(".lw-status")?.textContent ?? "", 8, canvas.clientHeight + 22, canvas.clientWidth - 16);
    if (store.about.kind !== "none") g.fillText(`${colourName.textContent}: ${ends[0].textContent} … ${ends[1].textContent}`, 8, canvas.clientHeight + 44, canvas.clientWidth - 16);
    out.toBlob((blob) => { if (blob) download("embedding-map.png", blob); }, "image/png");
  };

  const told = (/** @type {any} */ content) => {
    failure.hidden = content.type !== "failed";
    if (content.type === "failed") failure.textContent = content.text;
    if (content.type === "begin") { found = null; pictured = null; panel.again(); }
    live ||= content.type === "frame";
    // However much comes: one update an animation frame, of the newest.
    frame ||= requestAnimationFrame(() => { frame = 0; update(); });
  };
  const changed = () => update(), projected = () => map.restyle();
  for (const trait of TRAITS) model.on(`change:${trait}`, changed);
  model.on("change:projector", projected);
  store.views.add(told);
  built = true;
  paper.translate();
  return () => {
    cancelAnimationFrame(frame);
    store.views.delete(told);
    for (const trait of TRAITS) model.off(`change:${trait}`, changed);
    model.off("change:projector", projected);
    map.dispose();
    time.dispose();
    paper.dispose();
  };
}

export default widget({ state: keepEmbeddings, view: showMap });
