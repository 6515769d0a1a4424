/**
 * Prints every sentence of the browser's side, for the catalogues: a JSON array of [sentence] or [one, many].
 *
 *     node static/messages.mjs [FOLDER]
 *
 * What counts: the first argument of `t()`, the first two of `tn()`; every text of a table whose comment
 * says `@translated`; and in the realms below the pages, which may not know of `t()`, every whole sentence
 * that is not a programming error's.
 */
import { readFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import ts from "typescript";

const root = resolve(process.argv[2] ?? join(import.meta.dirname, "src"));
const SPOKEN_BY_PAGES = /^(ui|pages)\//;
const SENTENCE = /^\p{Lu}.* .*[.?]$/u;
const WORDS = / |^\p{Lu}.{5,}/u;
const PROGRAMMING_ERRORS = new Set(["Error", "TypeError", "RangeError", "DOMException"]);
const found = new Map();

function add(one, many) {
  const known = found.get(one);
  if (known?.[1] !== undefined && many !== undefined && known[1] !== many) throw new Error(`"${one}" has two plurals.`);
  if (known === undefined || many !== undefined) found.set(one, many === undefined ? [one] : [one, many]);
}

/** The text of a literal, also of one broken over lines with `+`; undefined for anything else. */
function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

function addCall(node) {
  const name = ts.isIdentifier(node.expression) ? node.expression.text : "";
  const texts = node.arguments.map(textOf);
  if (name === "t" && texts[0] !== undefined) add(texts[0]);
  if (name === "tn" && texts[0] !== undefined && texts[1] !== undefined) add(texts[0], texts[1]);
}

/** Every text in a table but the names of its members, and names such as "remember" or "Esc" among the texts. */
function addTable(node) {
  const text = textOf(node);
  if (ts.isPropertyAssignment(node)) addTable(node.initializer);
  else if (text === undefined) ts.forEachChild(node, addTable);
  else if (WORDS.test(text)) add(text);
}

function isTable(node, source) {
  const comments = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  return comments.some(({ pos, end }) => source.text.slice(pos, end).includes("@translated"));
}

function visit(node, source, isPage) {
  if (ts.isVariableStatement(node) && isTable(node, source)) node.declarationList.declarations.forEach(({ initializer }) => initializer && addTable(initializer));
  if (ts.isNewExpression(node) && PROGRAMMING_ERRORS.has(node.expression.getText(source))) return;
  if (ts.isCallExpression(node)) addCall(node);
  const text = isPage ? undefined : textOf(node);
  if (text !== undefined && SENTENCE.test(text)) add(text);
  ts.forEachChild(node, (child) => { visit(child, source, isPage); });
}

for (const file of (await readdir(root, { recursive: true })).sort()) {
  if (!file.endsWith(".ts") || /\.(test|d)\.ts$|fixtures|(^|\/)schema\.ts$/.test(file)) continue;
  const text = await readFile(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  visit(source, source, SPOKEN_BY_PAGES.test(file));
}
process.stdout.write(`${JSON.stringify([...found.values()].sort(([a], [b]) => (a < b ? -1 : 1)), null, 1)}\n`);
