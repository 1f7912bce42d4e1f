// The history of language models: a figure over time to zoom into, and the facts of the point that is chosen.
import { N, el, sentences, surface } from "./kit.js";
import { computedView } from "./computed.js";
import { math, num, op, row, sup } from "./formula.js";
import { FAMILIES, STRIP, drawHistory, outline, placesOf, sceneOf } from "./history_draw.js";
import { large, nearest, panned, powers, runs, showing, zoomed } from "./history_logic.js";
import { frameOf } from "./plot.js";
import { widget } from "./sheet.js";

/** @typedef {import("./history_logic.js").Found} Found */
/** @typedef {import("./history_logic.js").Point} Point */
/** @typedef {import("./history_logic.js").Axis} Axis */
/** @typedef {import("./history_logic.js").Span} Span */

const AXES = /** @type {Record<Axis, string>} */ ({ parameters: N("number of parameters"), amount: N("text it was made from (tokens, words or letters)"), flops: N("operations of training (6 N D, computed)") });
const UNITS = /** @type {Record<string, string>} */ ({ tokens: N("{n} tokens, read in training"), words: N("{n} words"), letters: N("{n} letters") });
const MONTHS = [N("January {year}"), N("February {year}"), N("March {year}"), N("April {year}"), N("May {year}"), N("June {year}"), N("July {year}"), N("August {year}"), N("September {year}"), N("October {year}"), N("November {year}"), N("December {year}")];
const HEIGHT = 430;

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("The history of language models"),
    help: N("Each mark is a model or an idea, at its date and its size; the axis is logarithmic, so a line up is ten times as much. Only published figures stand here; what was not published lies in the strip below. Drag to move; Ctrl and the wheel, + and − zoom; a double click shows everything. Choose a mark, or step with the arrow keys: its facts and their source stand beside the figure. The three that both documents name have a ring."),
    file: "history",
    make: ({ t, set, current, paint }) => {
      const found = () => /** @type {Found} */ (model.get("_found"));
      const axis = () => /** @type {Axis} */ (current("axis"));
      const whole = () => /** @type {Span} */ (found().whole[axis()]);
      let moving = /** @type {Span | null} */ (null), told = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
      const span = () => moving ?? /** @type {Span} */ (current("span").length === 4 ? current("span") : whole());
      // A drag moves the picture at once; the kernel hears where it ended.
      const look = (/** @type {Span} */ to) => { moving = to; clearTimeout(told); told = setTimeout(() => { if (moving) set("span", moving); moving = null; }, 120); paint(); };
      const date = (/** @type {string} */ when) => { const [year, month] = when.split("-"); return t(MONTHS[Number(month) - 1], { year }); };
      const chosen = () => found().points.find(({ key }) => key === current("chosen")) ?? found().points[0];
      const words = (/** @type {number} */ x) => large(t, x, model.get("language") === "zh");
      const inOrder = () => found().points;
      const choose = (/** @type {string} */ key) => {
        const point = found().points.find((one) => one.key === key);
        if (!point) return;
        set("chosen", key);
        const to = showing(span(), point.year, point[axis()], whole());
        if (to.some((v, i) => v !== span()[i])) look(to);
      };
      const step = (/** @type {number} */ by) => { const all = inOrder(), at = all.findIndex(({ key }) => key === chosen().key); choose(all[Math.max(0, Math.min(all.length - 1, at + by))].key); };
      const zoom = (/** @type {number} */ factor, /** @type {[number, number]} */ at) => look(zoomed(span(), factor, at, whole()));
      const focusOf = () => /** @type {[number, number]} */ ([(span()[0] + span()[1]) / 2, (span()[2] + span()[3]) / 2]);
      const from = (/** @type {number} */ year) => look([year, whole()[1], whole()[2], whole()[3]]);

      const scene = () => sceneOf(span(), t(AXES[axis()]));
      const picture = surface({
        height: HEIGHT,
        label: () => t("Figure: {what} over the years; arrow keys choose, plus and minus zoom", { what: t(AXES[axis()]) }),
        draw: (g, width, height, colours) => {
          if (!found().points) return;
          const places = placesOf(found().points, axis(), scene(), width, height, colours.scale);
          drawHistory(g, width, height, colours, { scene: scene(), places, chosen: chosen().key, stripName: t("no published figure") });
        },
      });
      const { canvas } = picture;
      canvas.setAttribute("role", "application");
      canvas.style.touchAction = "pan-y";
      canvas.style.cursor = "grab";
      const scaleOf = () => Number(getComputedStyle(canvas).getPropertyValue("--lw-scale")) || 1;
      const at = (/** @type {MouseEvent} */ e) => { const box = canvas.getBoundingClientRect(); return { x: e.clientX - box.left, y: e.clientY - box.top, width: box.width, height: box.height }; };
      /** Where a place on the canvas lies: years and powers of ten. @param {ReturnType<typeof at>} p @returns {[number, number]} */
      const inData = (p) => { const u = scaleOf(), frame = frameOf(p.width, p.height - STRIP * u, u, scene()); return [frame.toX(p.x), Math.log10(frame.toY(p.y))]; };
      let down = /** @type {{ x: number, y: number, data: [number, number], moved: boolean } | null} */ (null);
      canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => { if (e.button !== 0) return; const p = at(e); down = { x: p.x, y: p.y, data: inData(p), moved: false }; canvas.setPointerCapture(e.pointerId); });
      canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => {
        if (!down) return;
        const p = at(e);
        if (!down.moved && Math.hypot(p.x - down.x, p.y - down.y) < 5) return;
        down.moved = true;
        canvas.style.cursor = "grabbing";
        const [x, y] = inData(p);
        look(panned(span(), down.data[0] - x, down.data[1] - y, whole()));
      });
      canvas.addEventListener("pointerup", (/** @type {PointerEvent} */ e) => {
        if (down && !down.moved) {
          const p = at(e), hit = nearest(placesOf(found().points, axis(), scene(), p.width, p.height, scaleOf()), p.x, p.y, 22 * scaleOf());
          if (hit) set("chosen", hit.point.key);
        }
        down = null;
        canvas.style.cursor = "grab";
      });
      canvas.addEventListener("pointercancel", () => { down = null; canvas.style.cursor = "grab"; });
      canvas.addEventListener("dblclick", () => look(whole()));
      canvas.addEventListener("wheel", (/** @type {WheelEvent} */ e) => { if (!e.ctrlKey && !e.metaKey) return; e.preventDefault(); zoom(Math.exp(-Math.max(-60, Math.min(60, e.deltaY)) / 150), inData(at(e))); }, { passive: false });
      canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
        if (e.ctrlKey || e.metaKey || e.altKey) return;
        const s = span(), dx = (s[1] - s[0]) / 8, dy = (s[3] - s[2]) / 8;
        const moves = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-dx, 0], ArrowRight: [dx, 0], ArrowUp: [0, dy], ArrowDown: [0, -dy] });
        const own = /** @type {[number, number]} */ ([chosen().year, Math.log10(chosen()[axis()] || 10 ** focusOf()[1])]);
        if (e.shiftKey && e.key in moves) look(panned(s, ...moves[e.key], whole()));
        else if (e.key === "ArrowRight" || e.key === "ArrowDown") step(1);
        else if (e.key === "ArrowLeft" || e.key === "ArrowUp") step(-1);
        else if (e.key === "Home") step(-1e9);
        else if (e.key === "End") step(1e9);
        else if (e.key === "+" || e.key === "=") zoom(1.5, own);
        else if (e.key === "-" || e.key === "−") zoom(1 / 1.5, own);
        else if (e.key === "0") look(whole());
        else if (e.key === "Escape") { canvas.blur(); return; }
        else return;
        e.preventDefault();
      });

      const axisBox = el("select", { dataset: { setting: "axis" } }), axisWord = el("span");
      axisBox.addEventListener("change", () => { const [a, b] = span(); moving = null; clearTimeout(told); set("axis", axisBox.value); const w = found().whole[/** @type {Axis} */ (axisBox.value)]; set("span", [a, b, w[2], w[3]]); });
      const listBox = el("select", { dataset: { setting: "chosen" } }), listWord = el("span");
      listBox.addEventListener("change", () => choose(listBox.value));
      const button = (/** @type {string} */ action, /** @type {() => void} */ run) => el("button", { type: "button", dataset: { action }, on: { click: run } });
      const out = button("out", () => zoom(1 / 1.6, focusOf())), into = button("in", () => zoom(1.6, focusOf())), late = button("late", () => from(2017)), early = button("all", () => look(whole()));
      const before = button("previous", () => step(-1)), after = button("next", () => step(1));
      out.textContent = "−"; into.textContent = "+"; before.textContent = "‹"; after.textContent = "›";
      const legend = el("ul", { class: "lw-legend lw-history-legend" }), facts = el("div", { class: "lw-history-facts", dataset: { role: "facts" } });
      const ageing = el("p", { class: "lw-caption" });

      /** @param {Point} point */
      function formula({ active, parameters, amount, flops }) {
        const [n, d, c] = [active ?? parameters, amount, flops].map((x) => { const [digits, power] = powers(/** @type {number} */ (x)); return row(num(digits), op("·"), sup(num(10), num(power))); });
        return el("span", { class: "lw-history-formula" }, math([num(6), "N", "D"]), math([op("="), num(6), op("·"), n]), math([op("·"), d]), math([op("="), c]));
      }
      /** @param {Point} point @returns {[string, string | Node][]} */
      function said(point) {
        const none = point.undisclosed ? t("not published") : t("no figure in this table");
        const { parameters, active, amount, unit } = point;
        const size = parameters === null ? none : active === null ? words(parameters) : t("{all}, of which a token uses {active}", { all: words(parameters), active: words(active) });
        return [
          [t("Published"), date(point.date)], [t("By"), point.organisation], [t("Kind"), t(FAMILIES[point.family].name)],
          [t("Parameters"), size], [t("Training text"), amount === null ? none : t(UNITS[unit], { n: words(amount) })],
          [t("Training"), point.flops === null ? point.family === "counts" || point.family === "neural" ? t("6 N D holds for Transformers") : t("operations not computed: parameters or tokens are missing") : formula(point)],
        ];
      }
      /** @param {Point} point */
      function drawFacts(point) {
        facts.replaceChildren(
          el("h4", { class: "lw-history-name" }, point.name, point.mark ? el("span", { class: "lw-history-three" }, t("named in both documents")) : null),
          el("dl", { class: "lw-history-list" }, ...said(point).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
          el("p", { class: "lw-history-new" }, point.new),
          el("p", { class: "lw-history-source" }, `${t("Source:")} `, el("span", { lang: "en" }, point.source), el("br"), el("span", { class: "lw-history-second" }, ...(point.second ? [`${t("Found in a second place:")} `, ...runs(point.second).map(([part, latin]) => (latin ? el("span", { lang: "en" }, part) : part))] : [t("Not confirmed in a second place.")]))));
      }
      const shape = (/** @type {string} */ family) => {
        const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg"), corners = outline(family, 5.5);
        const node = document.createElementNS(NS, corners.length ? "polygon" : "circle");
        for (const [name, value] of Object.entries({ viewBox: "-8 -8 16 16", class: "lw-history-mark", "aria-hidden": "true" })) svg.setAttribute(name, value);
        if (corners.length) node.setAttribute("points", corners.map((p) => p.map((v) => v.toFixed(2)).join(",")).join(" ")); else node.setAttribute("r", "5.5");
        node.setAttribute("class", `lw-history-${FAMILIES[family].colour}`);
        svg.append(node);
        return svg;
      };

      return {
        body: [
          el("div", { class: "lw-choices" }, el("label", {}, axisWord, axisBox), el("div", { class: "lw-group" }, out, into, late, early)),
          el("div", { class: "lw-history-sheet" }, el("div", { class: "lw-history-figure" }, picture.node, legend, ageing), el("div", {}, el("div", { class: "lw-choices lw-history-choose" }, el("label", {}, listWord, listBox), el("div", { class: "lw-group" }, before, after)), facts)),
        ],
        relabel() {
          axisWord.textContent = t("Upwards");
          listWord.textContent = t("Model or idea");
          axisBox.replaceChildren(...Object.entries(AXES).map(([value, name]) => el("option", { value }, t(name))));
          late.textContent = t("Since 2017");
          early.textContent = t("Everything");
          for (const [node, name] of /** @type {[HTMLElement, string][]} */ ([[out, t("Zoom out")], [into, t("Zoom in")], [before, t("Earlier model")], [after, t("Later model")]])) { node.setAttribute("aria-label", name); node.title = name; }
          legend.replaceChildren(...Object.entries(FAMILIES).map(([family, { name }]) => el("li", {}, shape(family), t(name))));
          listBox.replaceChildren();
          picture.restyle();
        },
        paint() {
          const { points, as_of } = found(), point = chosen();
          if (listBox.options.length !== points.length || listBox.options[0]?.textContent?.endsWith(points[0].name) === false) listBox.replaceChildren(...points.map((one) => el("option", { value: one.key }, `${one.date.slice(0, 4)}  ${one.name}`)));
          listBox.value = point.key;
          axisBox.value = axis();
          const at = points.findIndex(({ key }) => key === point.key);
          before.disabled = at === 0;
          after.disabled = at === points.length - 1;
          drawFacts(point);
          ageing.textContent = t("As of {date}: this figure ages. Newer models are missing, and what is not published is not guessed.", { date: date(as_of) });
          picture.invalidate();
          const there = points.filter((one) => one[axis()] !== null), [a, b] = span(), seen = there.filter(({ year }) => year >= a && year <= b).length;
          return sentences(
            t("{name}, {date}.", { name: point.name, date: date(point.date) }),
            t("{n} of {all} have a published figure for this axis; {seen} of them are in sight, from {from} to {to}.", { n: there.length, all: points.length, seen, from: Math.ceil(a), to: Math.floor(b) }));
        },
        rows: ({ points }) => ({
          caption: t("The history of language models, as of {date}", { date: date(found().as_of) }),
          columns: [t("Model or idea"), t("Published"), t("By"), t("Kind"), t("Parameters"), t("Parameters a token uses"), t("Training text"), t("Unit"), t("Operations of training (6 N D, computed)"), t("What was new"), t("Source"), t("Second place")],
          rows: points.map((/** @type {Point} */ p) => { const none = p.undisclosed ? t("not published") : null; return [p.name, p.date, p.organisation, t(FAMILIES[p.family].name), p.parameters ?? none, p.active ?? p.parameters ?? none, p.amount ?? none, p.amount === null ? null : t({ tokens: N("tokens read"), words: N("words of text"), letters: N("letters of text") }[p.unit] ?? p.unit), p.flops, p.new, p.source, p.second || t("no")]; }),
        }),
        dispose() { clearTimeout(told); picture.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
