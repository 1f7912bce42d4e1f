// What the page has of the attention that Python holds: the snapshots of the time line, and exact numbers of single maps.
import { download, floats } from "./kit.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./attention_data.js").Shape} Shape */
/** @typedef {{ generation: number, shape: Shape, queries: string[], keys: string[], steps: number[], odd: [rows: number, of: number, least: number, most: number] | null, live: boolean }} About */
const ROOM = 96_000_000; // bytes of snapshots that the page keeps
const MAPS = 200; // exact maps that it keeps
const PATIENCE = 3000; // ms after which an unanswered question is asked again

/** Follows the messages of Python. @param {Model} model */
export function keepAttention(model) {
  const snapshots = /** @type {Map<number, Uint8Array>} */ (new Map()), exact = /** @type {Map<string, Float32Array>} */ (new Map());
  const asked = { hello: 0, maps: 0, exact: 0 };
  const store = {
    about: /** @type {About} */ ({ generation: -1, shape: [0, 0, 0, 0], queries: [], keys: [], steps: [], odd: null, live: false }),
    views: /** @type {Set<(content: any) => void>} */ (new Set()),
    /** A snapshot's bytes, or undefined after asking Python for them. @param {number} step */
    bytes(step) {
      const found = snapshots.get(step);
      if (found) { snapshots.delete(step); snapshots.set(step, found); } else ask("maps", { step });
      return found;
    },
    has: (/** @type {number} */ step) => snapshots.has(step),
    /** One map at full precision, or undefined. @param {number} step @param {number | null} layer @param {number | null} head */
    exact: (step, layer, head) => exact.get(`${step}/${layer}/${head}`),
    /** Asks for one map at full precision. @param {number} step @param {number | null} layer @param {number | null} head */
    askExact(step, layer, head) { if (!exact.has(`${step}/${layer}/${head}`)) ask("exact", { step, layer, head, exact: true }); },
    dispose: () => model.off("msg:custom", receive),
  };
  const ask = (/** @type {"maps" | "exact"} */ what, /** @type {any} */ question) => {
    if (model.get("_standalone") || Date.now() - asked[what] < PATIENCE) return;
    asked[what] = Date.now();
    model.send({ type: "want", generation: store.about.generation, ...question });
  };
  const put = (/** @type {number} */ step, /** @type {DataView | ArrayBuffer} */ data) => {
    snapshots.delete(step);
    snapshots.set(step, data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const size = data.byteLength, newest = store.about.steps.at(-1);
    // Three at least: the newest and the two of a comparison.
    for (const old of snapshots.keys()) if (snapshots.size > Math.max(3, ROOM / size) && old !== newest && old !== step) snapshots.delete(old);
  };
  const receive = (/** @type {any} */ content, /** @type {(DataView | ArrayBuffer)[]} */ buffers = []) => {
    const { type, generation, step } = content, { about } = store;
    if (type === "file") return download(content.name, new Blob([/** @type {any} */ (buffers[0])], { type: content.mime }));
    if (type === "begin") {
      store.about = { ...content };
      snapshots.clear();
      exact.clear();
      asked.maps = asked.exact = 0;
    } else if (["frame", "maps", "exact"].includes(type) && generation !== about.generation) {
      // News of something whose beginning never came.
      if (type === "frame" && Date.now() - asked.hello > 1000) { asked.hello = Date.now(); model.send({ type: "hello" }); }
      return;
    }
    if (type === "frame" || type === "maps") Object.assign(about, { steps: content.steps, odd: content.odd, live: content.live });
    if (type === "frame") for (const key of exact.keys()) if (key.startsWith(`${step}/`)) exact.delete(key);
    if (type === "maps") asked.maps = 0;
    if (["begin", "frame", "maps"].includes(type) && buffers.length) put(step, buffers[0]);
    if (type === "exact") {
      asked.exact = 0;
      exact.set(`${step}/${content.layer}/${content.head}`, floats(buffers[0]));
      if (exact.size > MAPS) exact.delete(/** @type {string} */ (exact.keys().next().value));
    }
    store.views.forEach((view) => view(content));
  };
  const saved = model.get("_picture"), seen = model.get("_about");
  // A saved notebook has no kernel to ask: its pictures lie one after another.
  if (saved?.byteLength) {
    const bytes = saved instanceof ArrayBuffer ? new DataView(saved) : saved, size = bytes.byteLength / seen.steps.length;
    seen.steps.forEach((/** @type {number} */ step, /** @type {number} */ i) => receive({ ...seen, type: i ? "maps" : "begin", step }, [new DataView(bytes.buffer, bytes.byteOffset + i * size, size)]));
  }
  model.on("msg:custom", receive);
  return store;
}
/** @typedef {ReturnType<typeof keepAttention>} Store */
