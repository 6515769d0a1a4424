/**
 * Copies the browser's cryptography with every mutant of it built in, each behind a switch, and
 * bundles its tests: `node instrument.mjs OUT`. One mutant is then switched on by its number in
 * the environment (`__STRYKER_ACTIVE_MUTANT__`), and nothing needs to be compiled again.
 *
 * Leaves OUT/mutants.json, a bundle OUT/static/src/crypto/NAME.test.mjs for each test file, and
 * what they read where they look for it: the vectors beside them, and the document of formats.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { Instrumenter } from "@stryker-mutator/instrumenter";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { build } = createRequire(join(root, "package.json"))("esbuild");
const crypto = join("static", "src", "crypto");
const out = resolve(process.argv[2]);

const silent = new Proxy({}, { get: () => () => false });
const options = { plugins: null, ignorers: [], excludedMutations: [] };

function sources() {
  return readdirSync(join(root, crypto))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .sort()
    .map((name) => ({ name: join(crypto, name), mutate: true }))
    .map((file) => ({ ...file, content: readFileSync(join(root, file.name), "utf8") }));
}

/** The text of a source between two places whose lines count from 0. */
function textAt(content, { start, end }) {
  const lines = content.split("\n").slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, end.column);
  lines[0] = lines[0].slice(start.column);
  return lines.join("\n");
}

async function instrument() {
  const files = sources();
  const result = await new Instrumenter(silent).instrument(files, options);
  for (const file of result.files) writeFileSync(join(out, "tree", file.name), file.content);
  const contents = new Map(files.map((file) => [file.name, file.content]));
  return result.mutants.map((each) => ({
    number: each.id,
    module: each.fileName,
    line: each.location.start.line + 1,
    operator: each.mutatorName,
    before: textAt(contents.get(each.fileName), each.location),
    after: each.replacement,
  }));
}

async function bundle() {
  const folder = join(out, "tree", crypto);
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  await build({
    entryPoints: tests.map((name) => join(folder, name)),
    outdir: join(out, crypto),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as __require } from "node:module"; const require = __require(import.meta.url);',
    },
  });
}

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "tree", "tests"), { recursive: true });
cpSync(join(root, crypto), join(out, "tree", crypto), { recursive: true });
cpSync(join(root, "tests", "vectors"), join(out, "tree", "tests", "vectors"), { recursive: true });
for (const name of ["package.json", "tsconfig.json", "tsconfig.base.json"]) {
  cpSync(join(root, name), join(out, "tree", name));
}
symlinkSync(join(root, "node_modules"), join(out, "tree", "node_modules"));
const mutants = await instrument();
await bundle();
const vectors = join(root, "tests", "vectors");
for (const name of readdirSync(vectors).filter((each) => each.endsWith(".json"))) {
  cpSync(join(vectors, name), join(out, crypto, name));
}
cpSync(join(root, "docs", "cryptography.md"), join(out, "docs", "cryptography.md"));
writeFileSync(join(out, "mutants.json"), JSON.stringify(mutants, null, 1));
