// node same_tokens.mjs FOLDER OTHER: names the modules in FOLDER whose tokens, comments left out, are not those of the file in OTHER.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** @param {string} file */
function tokens(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const found = /** @type {string[]} */ ([]);
  const visit = (/** @type {ts.Node} */ node) => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const parts = node.getChildren(source);
    if (parts.length) parts.forEach(visit); else found.push(node.getText(source));
  };
  visit(source);
  return found.filter(Boolean);
}

const [folder, other] = process.argv.slice(2);
for (const file of readdirSync(other)) {
  const [a, b] = [tokens(join(folder, file)), tokens(join(other, file))], at = a.findIndex((token, i) => token !== b[i]);
  if (a.length !== b.length || at >= 0) console.log(`${file}: ${a.slice(at, at + 3).join(" ")} became ${b.slice(at, at + 3).join(" ")}`);
}
