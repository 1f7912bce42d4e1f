// What the page has of the vectors that Python holds: the points of each step in the plane, and the chosen one's neighbours.
import { download, floats } from "./kit.js";
import { unpackPoints } from "./embedding_map_logic.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {{ now: Float32Array, first: Float32Array, top: number, share: number }} Picture */
/** @typedef {{ row: number, step: number, rows: number[], cosines: number[], way: Float32Array }} Nearest */
/** @typedef {{ generation: number, names: string[], total: number, kind: string, count: number[], texts: number[], importance: number[], missing: string[], steps: number[], dims: number }} MapAbout */
const WAIT = 3000; // ms after which an unanswered question is asked again

/** Follows the messages of Python. @param {Model} model */
export function keepEmbeddings(model) {
  const pictures = /** @type {Map<number, Picture>} */ (new Map()), asked = { hello: 0, maps: 0, step: -1 };
  let all = /** @type {{ step: number, k: number, rows: Uint16Array, cosines: Float32Array } | null} */ (null), near = /** @type {Nearest | null} */ (null);
  const store = {
    about: /** @type {MapAbout} */ ({ generation: -1, names: [], total: 0, kind: "none", count: [], texts: [], importance: [], missing: [], steps: [], dims: 0 }),
    values: /** @type {Float32Array} */ (new Float32Array()),
    views: /** @type {Set<(content: any) => void>} */ (new Set()),
    /** A step's picture, or undefined after asking Python for it. @param {number | undefined} step */
    picture(step) {
      if (step === undefined) return undefined;
      const found = pictures.get(step);
      if (!found && !model.get("_standalone") && (asked.step !== step || Date.now() - asked.maps > WAIT)) {
        Object.assign(asked, { step, maps: Date.now() });
        model.send({ type: "want", generation: store.about.generation, step });
      }
      return found;
    },
    /** A point's neighbours, as far as they are known. @param {number} row @param {number | undefined} step @returns {Nearest | null} */
    nearest(row, step) {
      if (near?.row === row && !(model.get("_standalone") && near.step !== step)) return near;
      if (!all || step !== all.step) return null;
      const { k } = all, rows = [...all.rows.subarray(row * k, row * k + k)];
      return { row, step: all.step, rows, cosines: [...all.cosines.subarray(row * k, row * k + k)], way: new Float32Array() };
    },
    dispose: () => model.off("msg:custom", receive),
  };
  const receive = (/** @type {any} */ content, /** @type {(DataView | ArrayBuffer)[]} */ buffers = []) => {
    const { type, generation, step } = content, { about } = store;
    if (type === "file") return download(content.name, new Blob([/** @type {any} */ (buffers[0])], { type: content.mime }));
    if (type === "begin") {
      store.about = { ...content, dims: content.dims ?? 0 };
      store.values = floats(buffers[buffers.length - 1] ?? new ArrayBuffer(0));
      pictures.clear();
      near = all = null;
      asked.step = -1;
    } else if (["frame", "maps", "nearest", "all_nearest"].includes(type) && generation !== about.generation) {
      // News of something whose beginning never came.
      if (type === "frame" && Date.now() - asked.hello > 1000) { asked.hello = Date.now(); model.send({ type: "hello" }); }
      return;
    }
    if (["begin", "frame", "maps"].includes(type) && buffers.length > 1) {
      Object.assign(store.about, { steps: content.steps, dims: content.dims });
      const [near, far] = content.tops;
      pictures.set(step, { now: unpackPoints(buffers[0], near), first: unpackPoints(buffers[1], far), top: near, share: content.share });
      if (asked.step === step) asked.step = -1;
      const kept = new Set(content.steps);
      for (const old of pictures.keys()) if (!kept.has(old)) pictures.delete(old);
    }
    if (type === "nearest") near = { ...content, way: floats(buffers[0]) };
    if (type === "all_nearest") {
      const view = /** @type {any} */ (buffers[0]), bytes = view instanceof ArrayBuffer ? view.slice(0) : view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
      all = { step, k: content.k, rows: new Uint16Array(bytes), cosines: floats(buffers[1]) };
    }
    store.views.forEach((view) => view(content));
  };
  const saved = model.get("_picture"), seen = model.get("_about");
  // A saved notebook has no kernel to ask: its one picture lies in the state, buffers one after another.
  if (saved?.byteLength && seen?.names && !model.get("_standalone")) {
    const view = saved instanceof ArrayBuffer ? new DataView(saved) : saved, size = 4 * seen.names.length;
    const cut = (/** @type {number} */ from, /** @type {number} */ length) => new DataView(view.buffer, view.byteOffset + from, length);
    receive({ ...seen, steps: [seen.step] }, [cut(0, size), cut(size, size), cut(2 * size, view.byteLength - 2 * size)]);
  }
  model.on("msg:custom", receive);
  return store;
}
/** @typedef {ReturnType<typeof keepEmbeddings>} EmbeddingStore */
