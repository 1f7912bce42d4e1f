// A model's diagram on a sheet of its own.
import { N, csv, download, el, number, table } from "./kit.js";
import { drawing } from "./diagram.js";
import { shapeText } from "./designer_logic.js";
import { named } from "./diagram_logic.js";
import { sheet, widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  const rows = () => /** @type {import("./diagram_logic.js").Diagram} */ (model.get("_drawn").diagram).sections.flatMap((s) => s.parts.map((p) => [named(p, t), shapeText(p.shape), p.parameters, s.count]));
  const columns = () => [t("Part"), t("Output shape"), t("Parameters"), t("Copies")];
  const paper = sheet(model, host, {
    title: N("Diagram of the model"),
    help: N("The model as boxes, from the text downwards. Queries are blue, keys orange, values green; the little grid shows which token (row) sees which (column), and the strips show the heads. A line around a step is its residual connection. Where the model is changed, what differs is outlined for a moment."),
    file: "diagram",
    menu: [
      { label: N("Show as a table"), run: () => { asTable.hidden = !asTable.hidden; paint(); } },
      { label: N("Save the numbers (CSV)"), run: () => download("diagram.csv", csv([["part", "shape", "parameters", "copies"], ...rows()]), "text/csv") },
    ],
    relabel: () => { drawn.relabel(); paint(); },
  });
  const { t } = paper;
  const drawn = drawing(t), asTable = el("div", { class: "lw-scroll", hidden: true, tabindex: "0" });
  paper.body.append(drawn.node, asTable);
  function paint() {
    const news = drawn.show(model.get("_drawn").diagram);
    paper.status(t("{n} parameters in all.", { n: number(model.get("_drawn").parameters) }));
    if (news) paper.say(news, true);
    if (!asTable.hidden) asTable.replaceChildren(table(t("Parts of the model"), columns(), rows().map((row) => row.map((x) => (typeof x === "number" ? number(x) : x)))));
    asTable.setAttribute("aria-label", t("Parts of the model"));
  }
  model.on("change:_drawn", paint);
  paper.translate();
  return () => { model.off("change:_drawn", paint); drawn.dispose(); paper.dispose(); };
}

export default widget({ state: () => ({}), view });
