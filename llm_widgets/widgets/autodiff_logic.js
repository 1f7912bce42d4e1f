// The autodiff stepper's plain logic: where the nodes of a graph lie, and what is known at a step. No page needed.

/** @typedef {{ index: number, op: string, name: string, value: number, depth: number }} GraphNode */
/** @typedef {{ source: number, target: number, argument: number }} GraphEdge */
/** @typedef {(string | number)[]} GraphStep  kind, then indices and numbers as `_compute` in autodiff_stepper.py makes them */
/** @typedef {{ expression: string, values: Record<string, number>, undefined?: string, nodes: GraphNode[], edges: GraphEdge[], steps: GraphStep[], gradients: Record<string, [number, number | null]> }} GraphFound */

const SIGNS = /** @type {Record<string, string>} */ ({ "*": "×", "/": "÷", "-": "−", neg: "−", "**": "^" });
/** What stands in a node: a name, a number, or the sign of an operation. @param {GraphNode} node */
export const nodeSign = ({ op, name, value }) => (op === "" ? name : op === "constant" ? String(Number(value.toPrecision(4))).replace("-", "−") : SIGNS[op] ?? op);

/** The level of each node: an input stands just before the first that uses it. @param {GraphNode[]} nodes @param {GraphEdge[]} edges */
export function levels(nodes, edges) {
  return nodes.map(({ index, depth }) => (depth ? depth : Math.max(0, Math.min(nodes.length, ...edges.filter(({ source }) => source === index).map(({ target }) => nodes[target].depth)) - 1)));
}
/**
 * Places of all nodes; from left to right where there is room, otherwise from top to bottom.
 * @param {GraphNode[]} nodes @param {GraphEdge[]} edges @param {number} width @param {number} u  the scale
 */
export function graphLayout(nodes, edges, width, u) {
  const level = levels(nodes, edges), count = Math.max(...level) + 1, upright = width < count * 96 * u;
  const rows = Array.from({ length: count }, (_, l) => nodes.filter(({ index }) => level[index] === l).map(({ index }) => index));
  const order = /** @type {number[]} */ ([]);
  // From the output back: each node lies where those lie that use it, so that few edges cross.
  for (let l = count - 1; l >= 0; l -= 1) {
    const wish = (/** @type {number} */ i) => { const used = edges.filter(({ source }) => source === i); return used.length ? used.reduce((sum, { target, argument }) => sum + order[target] + 0.1 * argument, 0) / used.length : 0; };
    rows[l].sort((a, b) => wish(a) - wish(b));
    rows[l].forEach((i, k) => { order[i] = (k + 0.5) / rows[l].length; });
  }
  const most = Math.max(...rows.map((row) => row.length)), height = (upright ? 40 + count * 74 : Math.max(220, 30 + most * 74)) * u;
  const wide = upright ? Math.min(64 * u, width / most - 4) : 64 * u, high = 28 * u;
  const along = (/** @type {number} */ l) => (upright ? 34 * u + (l * (height - 76 * u)) / Math.max(1, count - 1) : wide / 2 + 3 + (l * (width - wide - 6)) / Math.max(1, count - 1));
  const places = nodes.map(({ index }) => {
    const across = order[index];
    return upright ? { x: across * width, y: along(level[index]) } : { x: along(level[index]), y: 22 * u + across * (height - 56 * u) };
  });
  return { places, upright, height, wide, high };
}

/** What is known once a step is done. @param {GraphFound} found @param {number} step */
export function graphKnown({ nodes, steps }, step) {
  const value = new Set(nodes.filter(({ depth }) => depth === 0).map(({ index }) => index)), gradient = new Map(), part = new Map(), flow = new Map();
  for (const [kind, a, b, argument, , sent, total] of steps.slice(0, step + 1)) {
    if (kind === "forward") value.add(Number(a));
    else if (kind === "gradient") gradient.set(a, b);
    else if (kind === "edge") { part.set(b, total); flow.set(`${a} ${argument}`, sent); }
  }
  const now = steps[Math.min(step, steps.length - 1)];
  return { kind: String(now[0]), node: Number(now[1] ?? -1), argument: now[0] === "edge" ? Number(now[3]) : -1, value, gradient, part, flow };
}
