// The surface as a map: contour lines, shaded by height, and the racers' paths on it.
import { floats } from "./kit.js";
import { plot } from "./plot.js";
import { RACERS, contourSegments, drawablePath, rank } from "./race_logic.js";

/** @typedef {import("./race_logic.js").Race} Race */

export const RACER_LOOK = /** @type {const} */ ({ sgd: { colour: "blue", dash: [] }, momentum: { colour: "orange", dash: [8, 3] }, adam: { colour: "green", dash: [2, 3] } });

/**
 * @param {import("./computed.js").Reach} reach
 * @param {{ model: import("./kit.js").Model, race: () => Race | null, step: () => number }} options
 */
export function raceMap({ t, set, current }, { model, race, step }) {
  let known = /** @type {{ bytes: unknown, lines: number[][], ranks: Float32Array } | null} */ (null), shade = /** @type {{ ink: string, of: unknown, image: HTMLCanvasElement } | null} */ (null);
  /** @param {Race} race @returns {{ bytes: unknown, lines: number[][], ranks: Float32Array }} */
  function terrain({ grid, levels }) {
    const bytes = model.get("_heights");
    if (known && known.bytes === bytes) return known;
    const heights = floats(bytes);
    const made = { bytes, lines: levels.map((level) => contourSegments(heights, grid, level)), ranks: heights.map((h) => rank(h, levels)) };
    known = made;
    return made;
  }
  /** The shading is painted once a surface and theme, and stretched. @param {Race} now @param {string} ink */
  function shading(now, ink) {
    const { bytes, ranks } = terrain(now), n = now.grid;
    if (shade?.ink !== ink || shade.of !== bytes) {
      const image = document.createElement("canvas"), probe = /** @type {CanvasRenderingContext2D} */ (image.getContext("2d", { willReadFrequently: true }));
      image.width = image.height = n;
      probe.fillStyle = ink;
      probe.fillRect(0, 0, 1, 1);
      const [r, g, b] = probe.getImageData(0, 0, 1, 1).data, pixels = probe.createImageData(n, n);
      for (let y = 0; y < n; y += 1) for (let x = 0; x < n; x += 1) pixels.data.set([r, g, b, 70 * ranks[y * n + x]], 4 * ((n - 1 - y) * n + x));
      probe.putImageData(pixels, 0, 0);
      shade = { ink, of: bytes, image };
    }
    return shade.image;
  }
  function under(/** @type {CanvasRenderingContext2D} */ g, /** @type {import("./plot.js").Frame} */ frame, /** @type {import("./kit.js").Palette} */ colours) {
    const now = race();
    if (!now || !model.get("_heights")?.byteLength) return;
    const { left, right, top, bottom } = frame, scale = { x: (right - left) / (now.grid - 1), y: (bottom - top) / (now.grid - 1) };
    g.drawImage(shading(now, colours.ink), left, top, right - left, bottom - top);
    g.strokeStyle = colours.ghost;
    g.lineWidth = 0.75 * colours.scale;
    g.beginPath();
    for (const line of terrain(now).lines) for (let i = 0; i < line.length; i += 4) { g.moveTo(left + line[i] * scale.x, bottom - line[i + 1] * scale.y); g.lineTo(left + line[i + 2] * scale.x, bottom - line[i + 3] * scale.y); }
    g.stroke();
    g.strokeRect(left, top, right - left, bottom - top);
  }
  const go = (/** @type {number} */ x, /** @type {number} */ y) => set("start", [Number(x.toPrecision(4)), Number(y.toPrecision(4))]);
  return plot({
    height: 380,
    label: () => t("Map of the surface with the paths; the arrow keys move the start"),
    press: go,
    drag: go,
    keys: (key, fast) => {
      const now = race(), [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[key] ?? [0, 0];
      if (!now || (!dx && !dy)) return false;
      const [x, y] = current("start"), move = (/** @type {number} */ v, /** @type {number} */ d, /** @type {number[]} */ [a, b]) => (d ? Math.min(b, Math.max(a, v + (d * (fast ? 5 : 1) * (b - a)) / 50)) : v);
      go(move(x, dx, now.domain[0]), move(y, dy, now.domain[1]));
      return true;
    },
    scene: () => {
      const now = race();
      if (!now) return null;
      const here = step(), [x, y] = current("start");
      const heads = RACERS.map((name) => { const path = drawablePath(now.racers[name].points.slice(0, here + 1), now.domain); return { name, path, at: path[path.length - 1] }; });
      return {
        x: now.domain[0], y: now.domain[1], xName: "x", yName: "y", under,
        lines: heads.map(({ name, path }) => ({ points: path, width: 2.25, ...RACER_LOOK[name], dash: [...RACER_LOOK[name].dash] })),
        points: [
          ...now.minima.map(([a, b]) => ({ x: a, y: b, colour: /** @type {const} */ ("ink"), radius: 4, hollow: true, name: t("minimum") })),
          { x, y, colour: /** @type {const} */ ("ink"), radius: 5, name: t("starting point") },
          ...(here ? heads.map(({ name, at: [a, b] }) => ({ x: a, y: b, colour: RACER_LOOK[name].colour, radius: 6, hollow: name === "momentum" })) : []),
        ],
      };
    },
  });
}
