// What the views of one widget share: the data that they draw, and a painting of all of them once a frame, however much is new.

/**
 * One widget's page side. Each listener of `heard` puts what it hears into `own`; all views are painted after it, and after any change of a trait.
 * @template {object} S
 * @param {import("./kit.js").Model} model
 * @param {S} own  what the views draw, beside the traits
 * @param {Record<string, (...values: any[]) => void>} heard  by event, such as "msg:custom"
 */
export function together(model, own, heard) {
  /** @type {Set<() => void>} */
  const views = new Set();
  let frame = 0;
  const paint = () => { frame ||= requestAnimationFrame(() => { frame = 0; for (const view of views) view(); }); };
  const all = /** @type {[string, (...values: any[]) => void][]} */ (Object.entries({ change() {}, ...heard }));
  const listeners = all.map(([event, hear]) => /** @type {const} */ ([event, (/** @type {any[]} */ ...values) => { hear(...values); paint(); }]));
  for (const [event, listener] of listeners) model.on(event, listener);
  const dispose = () => { cancelAnimationFrame(frame); for (const [event, listener] of listeners) model.off(event, listener); };
  return Object.assign(own, { views, paint, dispose });
}
