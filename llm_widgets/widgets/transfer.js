// Pre-training and fine-tuning: the loss without labels, then two copies of a network side by side on the same few labels.
import { N, el, number, percent } from "./kit.js";
import { computedView } from "./computed.js";
import { numberField } from "./number_field.js";
import { once } from "./once.js";
import { plot, spanOf } from "./plot.js";
import { widget } from "./sheet.js";
import { accuracyAxis, resultRows, transferWords } from "./transfer_logic.js";

/** @typedef {import("./transfer_logic.js").Found} Found */
/** @typedef {import("./plot.js").Line} Line */

const COUNTS = [20, 50, 100, 200, 500, 1000];
const HELP = N("Pre-training reads many reviews without their labels: each word is guessed from the other words of its review, so that words used alike get vectors that are alike. Fine-tuning then teaches two copies of one small network (word vectors, their mean, one hidden layer) with the same few labels, batch after batch. They differ only in the vectors they begin with. The dashed curves are validation accuracy and loss; grey are earlier draws and simple methods. The test reviews are read once, at the end. No validation or test review is read in pre-training.");

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Pre-training and fine-tuning"), help: HELP, file: "transfer",
    menu: [{ label: N("Forget the earlier draws"), run: () => model.send({ type: "act", act: "forget" }) }],
    make: ({ t, root, fields, set, current, refused, paint }) => {
      const found = () => /** @type {Found | null} */ (model.get("_found").copies ? model.get("_found") : null);
      const zh = () => model.get("language") === "zh";
      const act = (/** @type {string} */ name) => { fields.flush(); model.send({ type: "act", act: name }); };
      const captions = Array.from({ length: 3 }, () => el("figcaption"));
      const told = el("p", { class: "lw-transfer-told" });

      const unlabelled = plot({
        height: 170, label: () => t("Loss of pre-training"),
        scene: () => {
          const now = found();
          if (!now) return null;
          const values = now.pretraining.map(([, loss]) => loss);
          return { x: [0, Math.max(10, now.pretraining_plan)], y: values.length ? spanOf(values, 0.1) : [0, 4], whole: true, xName: t("batches"), yName: t("loss"), lines: [{ points: now.pretraining, colour: "green" }] };
        },
      });
      /** Both copies over their baselines and earlier draws. @param {Found} now @param {"accuracy" | "loss"} what @returns {Line[]} */
      const curves = (now, what) => [
        ...(what === "accuracy" ? now.past.flatMap((one) => [/** @type {Line} */ ({ points: one.scratch, colour: "ghost", width: 1, dash: [2, 3] }), /** @type {Line} */ ({ points: one.pretrained, colour: "ghost", width: 1.25 })]) : []),
        ...(what === "loss" ? [/** @type {Line} */ ({ points: now.copies.scratch.training, colour: "orange", width: 1.25 }), /** @type {Line} */ ({ points: now.copies.pretrained.training, colour: "blue", width: 1.25 })] : []),
        { points: now.copies.scratch[what], colour: "orange", dash: [6, 4] },
        { points: now.copies.pretrained[what], colour: "blue", dash: [6, 4], width: 2.5 },
      ];
      const accuracy = plot({
        height: 230, label: () => t("Validation accuracy of both copies"),
        scene: () => {
          const now = found();
          if (!now) return null;
          const rules = now.baselines.filter(({ split }) => split === "validation");
          const all = [...rules.map((r) => r.accuracy ?? 0.5), ...curves(now, "accuracy").flatMap((line) => line.points.map(([, y]) => y ?? 0.5))];
          return { x: [0, now.plan], y: accuracyAxis(all), whole: true, xName: t("batches"), lines: curves(now, "accuracy"), rules: rules.map((r) => ({ y: r.accuracy ?? 0.5, name: `${r.name[zh() ? "zh" : "en"]} ${percent(r.accuracy)}` })) };
        },
      });
      const loss = plot({
        height: 230, label: () => t("Loss of both copies"),
        scene: () => {
          const now = found();
          if (!now) return null;
          const lines = curves(now, "loss");
          return { x: [0, now.plan], y: spanOf([0, 0.8, ...lines.flatMap((line) => line.points.map(([, y]) => y))]), whole: true, xName: t("batches"), lines };
        },
      });
      const legend = el("ul", { class: "lw-legend" }), results = el("div", { class: "lw-transfer-results" });

      const button = (/** @type {string} */ name, /** @type {() => void} */ click, kind = "") => el("button", { type: "button", class: kind, dataset: { action: name }, on: once(click) });
      const train = button("train", () => act(found()?.state === "running" ? "pause" : "start"), "lw-primary");
      const stop = button("stop", () => act("stop")), again = button("again", () => act("again"));
      const countName = el("label", { for: `lw-transfer-count-${Math.random().toString(36).slice(2, 8)}` }), countValue = el("output", { class: "lw-number" });
      const count = el("input", { type: "range", min: 0, max: COUNTS.length - 1, step: 1, id: countName.getAttribute("for"), dataset: { setting: "labels" }, on: { input: () => set("labels", COUNTS[Number(count.value)]) } });
      const rateName = el("span", {}), rate = numberField({ t, label: () => t("Learning rate"), get: () => current("learning_rate"), set: (x) => set("learning_rate", x), refused, low: 1e-6, high: 10, step: 0.001, role: "rate" });
      const freeze = el("input", { type: "checkbox", dataset: { setting: "freeze" }, on: { change: () => set("freeze", freeze.checked) } }), freezeName = el("span", {});
      const projected = () => { for (const one of [unlabelled, accuracy, loss]) one.restyle(); };
      model.on("change:projector", projected);
      root.classList.add("lw-transfer");

      const key = (/** @type {string} */ colour, /** @type {string} */ name) => el("li", {}, el("span", { class: `lw-transfer-key lw-transfer-${colour}`, "aria-hidden": "true" }), name);
      return {
        body: [
          el("figure", { class: "lw-transfer-first" }, captions[0], told, unlabelled.node), legend,
          el("div", { class: "lw-transfer-pair" }, el("figure", {}, captions[1], accuracy.node), el("figure", {}, captions[2], loss.node)), results,
        ],
        controls: [
          el("div", { class: "lw-group" }, train, stop, again),
          el("div", { class: "lw-transfer-count" }, countName, count, countValue),
          el("label", { class: "lw-check" }, freeze, freezeName),
          el("span", { class: "lw-check" }, rateName, rate.node),
        ],
        relabel() {
          captions[0].textContent = t("1. Pre-training, without labels");
          captions[1].textContent = t("2. Fine-tuning: validation accuracy");
          captions[2].textContent = t("Loss");
          legend.replaceChildren(key("pretrained", t("pre-trained")), key("scratch", t("from nothing")), key("training", t("solid: training")), key("validation", t("dashed: validation")), key("past", t("grey: earlier draws")));
          stop.textContent = t("Stop");
          again.textContent = t("Another draw of labels");
          countName.textContent = t("Labels");
          rateName.textContent = t("Learning rate");
          freezeName.textContent = t("Freeze the word vectors");
          rate.relabel();
        },
        paint(/** @type {Found} */ now) {
          const busy = now.state === "running" || now.state === "paused";
          root.dataset.run = now.state;
          root.dataset.phase = now.phase;
          train.textContent = now.state === "running" ? t("Pause") : now.state === "paused" ? t("Go on") : now.result ? t("Train again") : t("Train");
          stop.disabled = !busy;
          again.disabled = busy || !(now.result || now.draws.length);
          for (const input of [count, freeze]) input.disabled = busy;
          count.value = String(COUNTS.findIndex((n) => n >= current("labels")));
          countValue.textContent = number(current("labels"));
          count.setAttribute("aria-valuetext", number(current("labels")));
          freeze.checked = Boolean(current("freeze"));
          rate.paint();
          told.textContent = now.pretraining_seconds === null
            ? t("Each word of {texts} training reviews is guessed from the other words of its review.", { texts: number(now.texts) })
            : t("{texts} training reviews were read in {seconds} s; the vectors are kept for every draw.", { texts: number(now.texts), seconds: Math.max(1, Math.round(now.pretraining_seconds)) });
          for (const one of [unlabelled, accuracy, loss]) one.invalidate();
          const rows = resultRows(now, zh(), t);
          results.replaceChildren(el("table", { class: "lw-table" },
            el("caption", {}, t("Test accuracy on {n} reviews", { n: number(now.sizes[1]) })),
            el("thead", {}, el("tr", {}, ...["", t("this draw"), now.mean ? t("mean of {n} draws", { n: now.mean.n }) : t("mean of the draws")].map((c) => el("th", { scope: "col" }, c)))),
            el("tbody", {}, ...rows.map((row) => el("tr", { class: `lw-transfer-row-${row.role}` }, el("th", { scope: "row" }, row.name), el("td", {}, row.draw), el("td", {}, row.mean))))));
          return transferWords(now, t);
        },
        rows: (/** @type {Found} */ now) => ({
          caption: t("Validation accuracy and loss of both copies after each epoch."),
          columns: [t("batches"), ...["scratch", "pretrained"].flatMap((name) => { const copy = name === "scratch" ? t("from nothing") : t("pre-trained"); return [`${copy}: ${t("accuracy")}`, `${copy}: ${t("loss")}`]; })],
          rows: now.copies.scratch.accuracy.map(([step, a], i) => [step, percent(a), number(now.copies.scratch.loss[i]?.[1]), percent(now.copies.pretrained.accuracy[i]?.[1]), number(now.copies.pretrained.loss[i]?.[1])]),
        }),
        dispose: () => { model.off("change:projector", projected); for (const one of [unlabelled, accuracy, loss]) one.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
