// What the layer designer computes in the page: where sliders can stand, and which change is sent. No document is needed here.

/** @typedef {{ name: string, kind: string, minimum: number, maximum: number, step: number, scale: string, label: string, help: string, unit: string, limit: number, most: number, choices: string[], words: string[], zero: string, seldom: boolean, needs: string[] }} Field */
/** @typedef {Record<string, any>} Spec */
/** @typedef {Record<string, string>} Multiples  which size must be divisible by which other (0 divides all) */
/** @typedef {[name: string, kind: string, shape: (number | null)[], parameters: number]} Row */

/**
 * The values at which a slider can stand: doublings on a log scale, equal steps on a linear one, both ends, and the values that presets use.
 * @param {Field} field @param {number[]} [extra] @param {number} [multiple]  all stops are multiples of it @returns {number[]}
 */
export function stops(field, extra = [], multiple = 1) {
  if (multiple > 1) {
    const up = Math.ceil(field.minimum / multiple) * multiple, down = Math.floor(field.maximum / multiple) * multiple;
    return stops({ ...field, minimum: up, maximum: Math.max(up, down) }, extra).filter((x) => x % multiple === 0);
  }
  const { minimum, maximum, step } = field;
  const found = new Set([minimum, maximum, ...extra.filter((x) => x >= minimum && x <= maximum)]);
  if (field.scale === "log2") for (let x = Math.max(minimum, 1); x < maximum; x *= 2 ** step) found.add(Math.round(x));
  else for (let i = 0; minimum + i * step <= maximum + 1e-9; i += 1) found.add(tidy(minimum + i * step));
  return [...found].sort((a, b) => a - b);
}

/** Without the last digits that binary fractions leave: 0.15000000000000002 is 0.15. @param {number} x */
export const tidy = (x) => Number(x.toPrecision(10));

/**
 * Where `value` lies among the stops, as a broken index: 2.5 is half way (on the slider's scale) from the third to the fourth.
 * @param {number[]} list @param {number} value @param {boolean} log
 */
export function positionOf(list, value, log) {
  const last = list.length - 1;
  if (!(value > list[0])) return 0;
  if (value >= list[last]) return last;
  const above = list.findIndex((x) => x >= value), low = list[above - 1], high = list[above];
  const part = log && low > 0 ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return above - 1 + part;
}

/** The next stop in a direction (1 or −1) from a value that may lie between two. @param {number[]} list @param {number} value @param {number} direction */
export function nextStop(list, value, direction) {
  if (direction > 0) return list.find((x) => x > value) ?? list[list.length - 1];
  return [...list].reverse().find((x) => x < value) ?? list[0];
}

/**
 * The next round number for the − and + buttons: by 1 below 16, then by about an eighth of the value.
 * @param {Field} field @param {number} value @param {number} direction
 */
export function stepped(field, value, direction) {
  let next;
  if (field.kind === "float" && field.scale !== "log2") next = tidy(value + direction * field.step);
  else {
    const of = direction < 0 ? value - 1 : value;
    const by = of < 16 ? 1 : 2 ** (Math.floor(Math.log2(of)) - 3);
    next = direction > 0 ? (Math.floor(value / by) + 1) * by : (Math.ceil(value / by) - 1) * by;
  }
  return Math.min(Math.max(next, field.minimum), field.limit);
}

/**
 * The next round number that goes with the other sizes (8 heads after 4 at a width of 64); where none does, the next round number,
 * which the spec refuses in words.
 * @param {Field} field @param {Spec} spec @param {number} direction @param {Multiples} multiples
 */
export function steppedFor(field, spec, direction, multiples) {
  const next = stepped(field, spec[field.name], direction);
  for (let x = next, last = NaN; x !== last; last = x, x = stepped(field, x, direction)) if (goes(spec, field.name, x, multiples)) return x;
  return next;
}

/** Whether sizes still divide one another with one of them changed. @param {Spec} spec @param {string} name @param {number} value @param {Multiples} multiples */
export function goes(spec, name, value, multiples) {
  const changed = /** @type {Spec} */ ({ ...spec, [name]: value });
  return Object.entries(dividing(changed, multiples)).every(([large, small]) => (large !== name && small !== name) || !changed[small] || changed[large] % changed[small] === 0);
}

/** Heads with a width of their own need not share the model's. @param {Spec} spec @param {Multiples} multiples @returns {Multiples} */
export const dividing = (spec, multiples) => (spec.d_head ? Object.fromEntries(Object.entries(multiples).filter(([large]) => large !== "d_model")) : multiples);

/** A value as its field shows it: 0.00001 is 1e-5. @param {number} x */
export const plain = (x) => (x > 0 && x < 0.001 ? x.toExponential() : String(x));

/** What was typed, as a value of the field; null where it is no number. @param {Field} field @param {string} text @returns {number | null} */
export function typed(field, text) {
  const x = Number(text.trim().replaceAll(",", ""));
  if (!text.trim() || !Number.isFinite(x)) return null;
  return field.kind === "float" ? x : Math.round(x);
}

/** The LSTM sizes with one more layer, half as wide as the last. @param {number[]} units @param {number} most */
export const withLayer = (units, most) => (units.length < most ? [...units, Math.max(1, Math.floor(units[units.length - 1] / 2))] : units);

/** @param {number[]} units @param {number} at */
export const withoutLayer = (units, at) => (units.length > 1 ? units.filter((_, i) => i !== at) : units);

/** @param {Spec} a @param {Spec} b */
export const sameSpec = (a, b) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** Sizes of a preset for reading: "Width 32 · Layers 1". @param {Spec} preset @param {Field[]} fields @param {(label: string) => string} t */
export const sizesText = (preset, fields, t) => fields.filter((f) => preset[f.name]).map((f) => `${t(f.label)} ${preset[f.name]}`).join(" · ");

/**
 * The rows of a Transformer's table: equal blocks are one row with their number, and where positions have no parameters they have a row
 * all the same, so that the table does not jump with a choice.
 * @param {Row[]} rows @param {Spec} spec @returns {[...Row, count: number][]}
 */
export function transformerRows(rows, spec) {
  /** @type {[...Row, count: number][]} */
  const shown = [];
  for (const [name, kind, shape, parameters] of rows) {
    const last = shown.at(-1);
    if (kind === "Transformer block" && last && last[1] === kind && last[3] === parameters * last[4]) { last[3] += parameters; last[4] += 1; }
    else shown.push([name, kind, shape, parameters, 1]);
  }
  const without = { sinusoidal: "Sinusoidal positions", rotary: "Rotary positions", none: "No positions" }[/** @type {string} */ (spec.position)];
  if (without) shown.splice(2, 0, ["positions", without, spec.position === "sinusoidal" ? (shown[1]?.[2] ?? []) : [], 0, 1]);
  return shown;
}

/** A shape for reading; B is the batch. @param {(number | null)[]} shape */
export const shapeText = (shape) => shape.map((n) => (n === null ? "B" : n.toLocaleString("en"))).join(" × ");

/**
 * Sends at most one change at a time, once per frame, and only the newest: what comes while an answer is awaited takes the place of
 * what waits. An answer that never comes (the kernel is busy) holds nothing up for longer than `patience` milliseconds.
 * @param {(content: Record<string, any>) => void} send
 * @param {(flush: () => void) => void} schedule  such as requestAnimationFrame
 * @param {number} [patience]
 */
export function outbox(send, schedule, patience = 100) {
  // Answers reach every page that shows this widget; the name keeps them apart.
  const page = Math.random().toString(36).slice(2, 8);
  let turns = 0, last = "", answered = "", scheduled = false, flying = false;
  /** @type {Record<string, any> | null} */
  let waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const later = () => { if (!scheduled) { scheduled = true; schedule(flush); } };
  const flush = () => {
    scheduled = false;
    if (!waiting || flying) return;
    const content = waiting;
    waiting = null;
    flying = true;
    turns += 1;
    last = `${page}-${turns}`;
    timer = setTimeout(() => { flying = false; if (waiting) later(); }, patience);
    send({ ...content, turn: last });
  };
  return {
    /** @param {Record<string, any>} content */
    put(content) { waiting = content; later(); },
    /** Takes an answer; true where it settles all that was sent. @param {string} turn */
    answer(turn) {
      if (turn !== last) return false;
      answered = turn;
      flying = false;
      clearTimeout(timer);
      if (waiting) later();
      return !waiting;
    },
    /** Something was put and is not answered. */
    get open() { return waiting !== null || answered !== last; },
    dispose() { clearTimeout(timer); waiting = null; },
  };
}
