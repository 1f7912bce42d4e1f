// The architecture explorer: the diagram with fields in its boxes and shapes on its arrows, computed in the page while a size moves.
import { N, bytes, download, el, fill, number } from "./kit.js";
import { computedView } from "./computed.js";
import { drawing } from "./diagram.js";
import { named, structure } from "./diagram_logic.js";
import { choiceControl, sizeControl, switchControl } from "./designer_fields.js";
import { shapeText, steppedFor } from "./designer_logic.js";
import { numberField } from "./number_field.js";
import { CHAINS, costsOf, diagramOf, environment, leftOut, linkOf, operations, orDash, value } from "./architecture_logic.js";
import { COSTS, boxDetail, costName, costTable } from "./architecture_panel.js";
import { widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./architecture_logic.js").Found} Found */
/** @typedef {import("./designer_logic.js").Field} Field */

const HELP = N("Boxes from the text downwards, and on every arrow the shape of what flows there: B texts of T tokens with C numbers each. Change a size where it stands: type it, step it with the arrow keys, or drag it sideways; sliders are below. Everything else is computed at once from formulas of these sizes. Click a box to see its formulas and its line of Keras. Matrix products are counted, two operations for each multiplication and addition; the way back of training counts twice the way there.");
const DTYPES = { float32: N("float32: 4 bytes a number"), bfloat16: N("bfloat16: 2 bytes"), int8: N("int8: 1 byte a weight"), int4: N("int4: half a byte a weight") };
const DOCUMENTS = { "": N("the whole model"), en: N("the English document's flowchart"), zh: N("the Chinese document's flowchart") };
const OWN = N("sizes of your own");

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  let programOf = () => "";
  return computedView(model, host, {
    title: N("Architecture explorer"), help: HELP, file: "architecture",
    menu: [{ label: N("Download the program (Keras)"), run: () => download("model.py", programOf(), "text/x-python") }],
    make: ({ t, root, fields, set, current, refused, paint, say }) => {
      const found = () => /** @type {Found} */ (model.get("_found"));
      const spec = () => current("model");
      const sizes = () => environment(found(), spec(), { batch_size: current("batch_size"), tokens: current("tokens"), run_tokens: current("run_tokens"), dtype: current("dtype") });
      const change = (/** @type {Record<string, any>} */ changes) => { set("model", { ...spec(), ...changes }); };
      const lettered = (/** @type {string} */ code) => fill(code, /** @type {any} */ (sizes()));
      programOf = () => lettered(found().program);

      // --- fields in boxes
      /** @type {{ paint: () => void, relabel: () => void }[]} */
      let inBoxes = [];
      const fieldOf = (/** @type {string} */ name) => found().fields.find((f) => f.name === found().sizes[name]?.[0]);
      /** A size where it stands: its letter, and its number as a field. @param {string} name */
      function sizeIn(name) {
        const f = fieldOf(name), layer = found().sizes[name]?.[1] ?? -1;
        if (name !== "B" && !f) return null;
        const label = () => `${name}: ${f ? t(f.label) : t("Batch size")}`;
        const field = numberField({
          t, label, refused, whole: true, role: name, low: f ? Math.max(1, f.minimum) : 1, high: f ? f.limit : 65_536,
          get: () => (f ? sizes()[name] : current("batch_size")),
          set: (x) => { if (!f) set("batch_size", x); else change({ [f.name]: layer < 0 ? x : spec()[f.name].map((/** @type {number} */ u, /** @type {number} */ i) => (i === layer ? x : u)) }); },
          stepped: (x, steps) => {
            // To the next size that goes with the others: by 1 while it is small, by about an eighth where it is large.
            const of = f ?? /** @type {any} */ ({ name: "B", kind: "int", scale: "log2", minimum: 1, limit: 65_536 });
            let at = x;
            for (let i = 0; i < Math.min(64, Math.abs(steps)); i += 1) at = steppedFor(of, { ...spec(), [of.name]: at }, Math.sign(steps), found().multiples);
            return Math.max(1, at);
          },
        });
        inBoxes.push(field);
        field.relabel();
        field.paint();
        return el("label", { class: "lw-archx-size", title: label() }, el("i", {}, name), field.node);
      }
      /** @param {string | number} key  a part's id, or a section's index */
      function inside(key) {
        const names = typeof key === "number" ? [found().sections[key].count].filter((x) => typeof x === "string") : (found().sections.flatMap((s) => s.parts).find((p) => p.id === key)?.home ?? []);
        const nodes = names.map((name) => sizeIn(String(name))).filter((x) => x !== null);
        if (found().edges.some(([, end, kind]) => kind === "memory" && end === key)) nodes.push(el("span", { class: "lw-archx-from" }, `← ${t("from the encoder")}`));
        return nodes.length ? el("span", { class: "lw-archx-sizes" }, ...nodes) : null;
      }
      const picked = (/** @type {string} */ id) => { if (id && id !== model.get("chosen")) { model.set("chosen", id); model.save_changes(); paint(); } };
      const ghosts = { before: el("div", { class: "lw-archx-ghost" }), after: el("div", { class: "lw-archx-ghost" }) };
      const drawn = drawing(t, () => {}, {
        inside, picked, caption: N("From the text downwards; on each arrow the shape of what flows there, at the right of each box how many numbers it learns. Sizes with a dashed frame can be changed."),
        built: (columns) => { columns.firstElementChild?.prepend(ghosts.before); columns.lastElementChild?.append(ghosts.after); },
      });

      // --- beside the diagram
      const tokensField = numberField({ t, label: () => t("Tokens of the text"), refused, whole: true, role: "tokens", low: 1, high: 1e6, get: () => sizes().P, set: (x) => { const most = sizes().T; if (x > most) refused(t("This model reads {max_length} tokens at most. Give it fewer, or build one with more. Received: {length} tokens", { max_length: most, length: x })); else set("tokens", x); }, stepped: (x, n) => Math.max(1, Math.min(sizes().T, x + n * Math.max(1, 2 ** (Math.floor(Math.log2(x)) - 3)))) });
      const runField = numberField({ t, label: () => t("Tokens of the whole training"), refused, whole: true, role: "run", low: 1, high: 1e15, get: () => current("run_tokens"), set: (x) => set("run_tokens", x), stepped: (x, n) => Math.max(1, Math.min(1e15, Math.round(x * 2 ** n))) });
      const unitOf = () => el("span", { class: "lw-archx-unit" });
      const units = [unitOf(), unitOf()];
      const costs = costTable(t, { run: el("span", { class: "lw-archx-input" }, runField.node, units[0]), prefill: el("span", { class: "lw-archx-input" }, tokensField.node, units[1]) });
      const detail = boxDetail(t, () => say(t("Copied."), true));
      const chain = el("div", { class: "lw-archx-chain", hidden: true, dataset: { role: "chain" } });

      // --- choices above, sliders and switches below
      const choice = (/** @type {string} */ role, /** @type {string} */ caption, /** @type {(value: string) => void} */ changed) => {
        const list = el("select", { dataset: { role }, on: { change: () => changed(list.value) } }), name = el("span", {});
        return { list, name, caption, node: el("label", {}, name, list) };
      };
      const preset = choice("preset", N("Model"), (name) => { if (name) { fields.forget("model"); fields.forget("tokens"); fields.forget("run_tokens"); model.send({ type: "preset", name }); } else paint(); });
      const dtype = choice("dtype", N("Numbers"), (name) => set("dtype", name));
      const documents = choice("documents", N("Shown"), (name) => { model.set("documents", name); model.save_changes(); paint(); });
      const choices = el("div", { class: "lw-choices" }, preset.node, dtype.node, documents.node);
      const sliders = el("div", { class: "lw-archx-fields" }), switches = el("div", { class: "lw-archx-fields" }), slidersName = el("summary", {}), switchesName = el("summary", {});
      const sliderBox = el("details", { class: "lw-more", open: true, dataset: { role: "sliders" } }, slidersName, sliders), switchBox = el("details", { class: "lw-more", dataset: { role: "switches" } }, switchesName, switches);
      /** @type {{ field: Field, control: import("./designer_fields.js").Control }[]} */
      let controls = [];
      let controlled = "", forced = false, structured = "";
      function buildControls() {
        const now = found(), sized = new Set(Object.values(now.sizes).map(([name]) => name));
        const key = JSON.stringify([spec().family, now.fields.filter((f) => f.kind === "sizes").map((f) => spec()[f.name]?.length), [...sized]]);
        if (key === controlled) return;
        controlled = key;
        const desk = { t, spec, change, presets: [], multiples: now.multiples, repaint: (force = false) => { forced ||= force; paint(); } };
        controls = now.fields.flatMap((f) => {
          if (f.kind === "bool") return [{ field: f, control: switchControl(desk, f) }];
          if (f.kind === "choice") return [{ field: f, control: choiceControl(desk, f) }];
          if (f.kind === "sizes") return spec()[f.name].map((/** @type {number} */ _, /** @type {number} */ i) => ({ field: f, control: sizeControl(desk, f, i) }));
          return f.kind === "int" && sized.has(f.name) ? [{ field: f, control: sizeControl(desk, f, -1) }] : [];
        });
        const sizesOnly = (/** @type {Field} */ f) => f.kind === "int" || f.kind === "sizes";
        sliders.replaceChildren(...controls.filter((c) => sizesOnly(c.field)).map((c) => c.control.node));
        switches.replaceChildren(...controls.filter((c) => !sizesOnly(c.field)).map((c) => c.control.node));
        for (const { control } of controls) control.relabel();
      }

      // --- a document's flowchart over the diagram
      function paintChain(/** @type {import("./diagram_logic.js").Diagram} */ diagram) {
        const document = model.get("documents"), links = CHAINS[document] ?? [];
        root.dataset.documents = document;
        chain.hidden = !links.length;
        ghosts.before.hidden = ghosts.after.hidden = !links.length;
        let lit = 0;
        drawn.each((part, box) => {
          const link = links.length ? linkOf(part, document) : -1, words = link >= 0 ? t(links[link]) : links.length ? t("left out") : "";
          lit += Number(link >= 0);
          box.classList.toggle("lw-archx-lit", link >= 0);
          box.classList.toggle("lw-archx-out", links.length > 0 && link < 0);
          const tag = box.querySelector(".lw-archx-tag");
          if (!words) tag?.remove();
          else if (!tag) box.append(el("span", { class: "lw-archx-tag" }, words));
          else if (tag.textContent !== words) tag.textContent = words;
        });
        for (const head of root.querySelectorAll(".lw-arch-block > .lw-arch-head")) {
          head.querySelector(".lw-archx-tag")?.remove();
          if (links.length) head.append(el("span", { class: "lw-archx-tag" }, t("{name}: left out", { name: t("the repetition of the block") })));
        }
        if (!links.length) return null;
        const out = leftOut(diagram, document), all = diagram.sections.reduce((sum, s) => sum + s.parts.length, 0);
        ghosts.before.textContent = t("{name}: left out", { name: t("tokenization: from text to ids") });
        ghosts.after.textContent = t("{name}: left out", { name: t("softmax: from scores to probabilities") });
        ghosts.after.hidden = !out.some((one) => one.name.startsWith("softmax"));
        chain.replaceChildren(
          el("p", { class: "lw-caption" }, document === "en" ? t("The English document draws a straight chain (section 2.3):") : t("The Chinese document draws a straight chain (section 2.4):")),
          el("ol", { class: "lw-archx-links" }, ...links.map((name) => el("li", {}, t(name)))),
          el("p", { class: "lw-caption" }, t("It names {lit} of the {all} boxes below. It leaves out {n} things:", { lit, all, n: out.length })),
          el("ul", { class: "lw-archx-left" }, ...out.map(({ name, count }) => el("li", {}, count > 1 ? t("{name} ({n} in this model)", { name: t(name), n: count }) : t(name)))));
        return { lit, all, out };
      }

      return {
        body: [choices, sliderBox, switchBox, chain, el("div", { class: "lw-archx-halves" }, el("div", {}, drawn.node), el("div", { class: "lw-archx-beside" }, costs.head, detail.node, costs.node))],
        relabel() {
          for (const one of [preset, dtype, documents]) one.name.textContent = t(one.caption);
          dtype.list.replaceChildren(...Object.entries(DTYPES).map(([value, words]) => el("option", { value }, t(words))));
          documents.list.replaceChildren(...Object.entries(DOCUMENTS).map(([value, words]) => el("option", { value }, t(words))));
          preset.list.replaceChildren(el("option", { value: "" }, t(OWN)), ...Object.entries(model.get("_published")).map(([value, one]) => el("option", { value }, t(/** @type {any} */ (one).title))));
          slidersName.textContent = t("Sliders");
          switchesName.textContent = t("Switches");
          for (const unit of units) unit.textContent = t("tokens");
          for (const one of [tokensField, runField, costs, detail]) one.relabel();
          for (const { control } of controls) control.relabel();
          inBoxes = [];
          drawn.relabel();
        },
        paint(/** @type {Found} */ now) {
          buildControls();
          const at = sizes(), diagram = diagramOf(now, at), shown = current("model"), settled = JSON.stringify(shown) === JSON.stringify(model.get("model"));
          const boxes = structure(diagram);
          if (boxes !== structured) { structured = boxes; inBoxes = []; } // the boxes are made anew below, and their fields with them
          drawn.show(diagram);
          for (const field of inBoxes) field.paint();
          tokensField.paint();
          runField.paint();
          const name = settled ? model.get("preset") : "";
          const totals = costs.paint(now, at, current("dtype"), name ? model.get("_published")[name] : null);
          const id = model.get("chosen"), line = now.sections.flatMap((s) => s.parts).find((p) => p.id === id)?.code ?? "";
          detail.paint(now, at, id, fill(line, at), totals);
          drawn.each((part, box) => { box.classList.toggle("lw-archx-chosen", part.id === id); if (part.id === id) box.setAttribute("aria-current", "true"); else box.removeAttribute("aria-current"); });
          const over = paintChain(diagram);
          for (const { field, control } of controls) {
            control.paint(false, forced);
            control.node.hidden = Boolean(field.needs?.length) && shown[field.needs[0]] !== field.needs[1];
          }
          forced = false;
          preset.list.value = name;
          dtype.list.value = current("dtype");
          documents.list.value = model.get("documents");
          root.dataset.parameters = String(totals.parameters);
          root.dataset.settled = String(settled);
          if (over) return t("The flowchart names {lit} of {all} boxes and leaves out {n} things: {names}.", { lit: over.lit, all: over.all, n: over.out.length, names: over.out.map((one) => t(one.name)).join(t(", ")) });
          if (totals.training === null) return t("{n} parameters, {memory} of weights as {dtype}. Numbers of this type are asked, not trained: their gradients would be rounded away.", { n: number(totals.parameters), memory: bytes(Number(totals.weights)), dtype: current("dtype") });
          return t("{n} parameters. A training step on {batch} × {length} tokens takes {memory} and {step}.", { n: number(totals.parameters), batch: number(at.B), length: number(at.T), memory: orDash(totals.training, bytes), step: operations(totals.step) });
        },
        rows(/** @type {Found} */ now) {
          const at = sizes(), diagram = diagramOf(now, at), totals = costsOf(now, at, current("dtype"));
          const parts = now.sections.flatMap((s, i) => s.parts.map((p, j) => { const d = diagram.sections[i].parts[j]; return [named(d, t), shapeText(d.shape), diagram.sections[i].count, d.parameters, operations(value(p.flops, at)), ""]; }));
          const more = COSTS.filter((cost) => cost.length > 1).map(([name, label, kind]) => [costName(name, label ?? "", "M" in now.sizes, t), "", "", "", kind === "operations" ? operations(totals[name]) : "", kind === "bytes" ? orDash(totals[name], bytes) : ""]);
          return { caption: t("Parts of the model, and what it costs"), columns: [t("Part"), t("Output shape"), t("Copies"), t("Parameters"), t("Operations"), t("Memory")], rows: [...parts, [t("The whole"), "", "", Number(totals.parameters), operations(totals.forward), ""], ...more] };
        },
        dispose() { drawn.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
