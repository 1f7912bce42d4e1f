// Sentences as points with their numbers: near ones lie near; the chosen two are joined.
import { surface } from "./kit.js";

/**
 * @param {{ label: () => string, scene: () => { points: [number, number][], pair: number[] } | null }} options
 */
export function sentencePlane({ label, scene }) {
  const made = surface({
    height: 250, label,
    draw: (g, width, height, colours) => {
      const now = scene();
      if (!now?.points.length) return;
      const u = colours.scale, xs = now.points.map(([x]) => x), ys = now.points.map(([, y]) => y);
      const wide = Math.max(...xs) - Math.min(...xs), high = Math.max(...ys) - Math.min(...ys), room = 26 * u;
      const scale = Math.min((width - 2 * room) / Math.max(wide, 1e-9), (height - 2 * room) / Math.max(high, 1e-9), 1e6);
      const one = wide < 1e-9 && high < 1e-9 ? 0 : scale;
      const place = now.points.map(([x, y]) => [width / 2 + (x - (Math.max(...xs) + Math.min(...xs)) / 2) * one, height / 2 - (y - (Math.max(...ys) + Math.min(...ys)) / 2) * one]);
      const [i, j] = now.pair;
      g.strokeStyle = colours.rule;
      g.strokeRect(0.5, 0.5, width - 1, height - 1);
      if (i !== j && place[i] && place[j]) {
        g.strokeStyle = colours.orange;
        g.lineWidth = 2 * u;
        g.beginPath();
        g.moveTo(place[i][0], place[i][1]);
        g.lineTo(place[j][0], place[j][1]);
        g.stroke();
      }
      g.font = `${13 * u}px ${colours.font}`;
      g.textBaseline = "middle";
      for (const [x, y, k] of place.map(([x, y], k) => [x, y, k])) {
        const on = now.pair.includes(k);
        g.beginPath();
        g.arc(x, y, 5 * u, 0, 2 * Math.PI);
        g.fillStyle = on ? colours.orange : colours.blue;
        g.fill();
        g.lineWidth = 1.5 * u;
        g.strokeStyle = colours.paper;
        g.stroke();
      }
      // Numbers of points that lie together stand together.
      const left = new Set(place.keys());
      for (const k of place.keys()) {
        if (!left.has(k)) continue;
        const group = [...left].filter((m) => Math.abs(place[m][0] - place[k][0]) < 22 * u && Math.abs(place[m][1] - place[k][1]) < 15 * u);
        for (const m of group) left.delete(m);
        const edge = Math.max(...group.map((m) => place[m][0])) + 9 * u, words = group.map((m) => m + 1).join(", ");
        const before = edge + g.measureText(words).width > width - 4 * u;
        g.fillStyle = group.some((m) => now.pair.includes(m)) ? colours.orange : colours.ink;
        g.textAlign = before ? "right" : "left";
        g.fillText(words, before ? Math.min(...group.map((m) => place[m][0])) - 9 * u : edge, group.reduce((sum, m) => sum + place[m][1], 0) / group.length);
      }
    },
  });
  made.canvas.tabIndex = -1;
  return made;
}
