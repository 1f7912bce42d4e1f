// Stands in for Jupyter in a page of its own: gives each widget its state, and answers its first message.

/** @typedef {{ esm: string, css: string, traits: Record<string, any>, binary: Record<string, string>, messages: { content: any, buffers: string[] }[] }} Packed */

/** @param {string} text */
const unpack = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

/** @param {Packed} packed */
async function show(packed) {
  const state = /** @type {Record<string, any>} */ ({ ...packed.traits, _css: packed.css, _standalone: true });
  for (const [name, text] of Object.entries(packed.binary)) state[name] = unpack(text);
  const listeners = /** @type {Map<string, Set<(...values: any[]) => void>>} */ (new Map());
  const tell = (/** @type {string} */ event, /** @type {any[]} */ ...values) => [...(listeners.get(event) ?? [])].forEach((listener) => listener(...values));
  const model = {
    get: (/** @type {string} */ name) => state[name],
    set: (/** @type {string} */ name, /** @type {any} */ value) => {
      if (Object.is(state[name], value)) return;
      state[name] = value;
      tell(`change:${name}`, model, value);
      tell("change");
    },
    save_changes() {},
    send(/** @type {any} */ content) {
      if (content?.type === "hello") for (const { content: answer, buffers } of packed.messages) tell("msg:custom", answer, buffers.map(unpack));
    },
    on: (/** @type {string} */ event, /** @type {(...values: any[]) => void} */ listener) => { listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)); },
    off: (/** @type {string} */ event, /** @type {(...values: any[]) => void} */ listener) => { listeners.get(event)?.delete(listener); },
  };
  const style = document.createElement("style");
  style.textContent = packed.css;
  document.head.append(style);
  const url = URL.createObjectURL(new Blob([packed.esm], { type: "text/javascript" }));
  const { default: make } = await import(url);
  URL.revokeObjectURL(url);
  const parts = typeof make === "function" ? await make() : make;
  const host = document.body.appendChild(document.createElement("div"));
  await parts.initialize?.({ model });
  await parts.render?.({ model, el: host });
}

const packed = JSON.parse(document.getElementById("widgets")?.textContent ?? "[]");
for (const one of packed) await show(one);
document.documentElement.dataset.ready = "true";

export {};
