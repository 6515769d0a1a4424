/** Bundles pages, workers and styles with esbuild, and ships what came out. */
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

import { filesBelow, out, PREFIX, root, sorted } from "./places.mjs";
import { picturesInStyles, virtualAssets, withoutNode, withoutSpareCodecs, withoutSpareHybrids } from "./plugins.mjs";
import { packages, ship, sourceMaps } from "./shipping.mjs";

/** The page that fetches parts of itself later. */
export const VAULT = "static/src/pages/vault.ts";
const BROWSERS = ["es2022", "chrome120", "firefox121", "safari17.4"];
/** Whoever imports this says something, so its page brings the catalogue of its language. */
const SPEAKING = "static/src/ui/text.ts";
/** What most of its parts are built on, so that what they share lies there. */
const GROUND = "static/src/ui/ground.ts";
/** How the vault fetches a part of itself (`ui/shell/later.ts`). */
const FETCHED_LATER = /\b(?<how>later|apart)\(\(\) => import\("(?<path>\.[^"]+)"\)\)/g;
const HASH_IN_NAME = /-[A-Z0-9]{8}(?=\.[a-z0-9]+$)/;
// The content security policy allows neither, so code that holds one would only fail later.
export const FORBIDDEN_CODE = /\beval\s*\(|\bnew\s+Function\b/;

/** The parts of a page that it fetches when somebody asks for them, as its sources say it: {file: what it finds in place}. */
export async function filesFetchedLater() {
  const found = new Map();
  for (const file of await filesBelow("static/src/ui")) {
    if (file.endsWith(".test.ts")) continue;
    for (const { groups } of (await readFile(join(root, file), "utf8")).matchAll(FETCHED_LATER)) {
      found.set(relative(root, join(root, dirname(file), groups.path)).split(sep).join("/"), groups.how === "apart" ? [VAULT] : [VAULT, GROUND]);
    }
  }
  // A checkout without it has parts that stand on their page alone.
  return found.has(GROUND) ? found : new Map([...found.keys()].map((file) => [file, [VAULT]]));
}

function bundle(entryPoints, define, plugins) {
  return build({
    absWorkingDir: root,
    entryPoints,
    define,
    outdir: out,
    bundle: true,
    format: "esm",
    splitting: true,
    platform: "browser",
    target: BROWSERS,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    sourcemap: "external",
    metafile: true,
    write: false,
    logLevel: "warning",
    publicPath: PREFIX,
    preserveSymlinks: true,
    entryNames: "[dir]/[name]-[hash]",
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    plugins: [virtualAssets(), withoutNode, withoutSpareCodecs, withoutSpareHybrids, picturesInStyles, ...plugins],
  });
}

function keepLicencesOf(metafile) {
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) packages.add(folder);
  }
}

/** All the text of one entry, with whatever it needs inside. */
export async function inlined(entry) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: out,
    bundle: true,
    format: "iife",
    platform: "browser",
    target: BROWSERS,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
    preserveSymlinks: true,
    loader: { ".woff2": "dataurl", ".svg": "dataurl" },
  });
  keepLicencesOf(metafile);
  return outputFiles[0].text.trim();
}

/** Bundles the entries and ships what came out. Answers {entry name: {imports, lazy, speaks}}. */
export async function shipBundle(entryPoints, define) {
  return shipOutputs(await bundle(entryPoints, define, []), entryPoints);
}

/**
 * Each page and worker in one piece, but for what it fetches itself. Shared among all of them a page was thirty files,
 * most of them tiny: what two have in common is worth less than the ways there and back that this took on a slow line.
 */
export async function shipAlone(entryPoints, plugins = []) {
  const alone = Object.entries(entryPoints).map(([name, source]) => ({ [name]: source }));
  // All of them are begun before one is shipped, since no worker may know another's address.
  const built = await Promise.all(alone.map((each) => bundle(each, {}, plugins)));
  return Object.assign({}, ...built.map((each, index) => shipOutputs(each, alone[index])));
}

function shipOutputs({ outputFiles, metafile }, entryPoints) {
  keepLicencesOf(metafile);
  const logicalNames = new Map();
  for (const file of outputFiles) {
    const path = relative(out, file.path).split(sep).join("/");
    if (path.endsWith(".map")) {
      sourceMaps.set(path, file.contents);
      continue;
    }
    if (path.endsWith(".js") && FORBIDDEN_CODE.test(file.text)) throw new Error(`${path} would evaluate text as code.`);
    const logicalName = path.startsWith("chunks/") ? path : path.replace(HASH_IN_NAME, "");
    logicalNames.set(relative(root, file.path).split(sep).join("/"), logicalName);
    ship(logicalName, path, file.contents);
  }
  return describeEntries(metafile.outputs, logicalNames, new Set(Object.values(entryPoints)));
}

/** What each entry loads, so that a page can name it (and its integrity) ahead of the first request; and whether it says something. */
function describeEntries(outputs, logicalNames, sources) {
  const reach = (path, kinds, seen = new Set()) => {
    for (const { path: next, kind } of outputs[path].imports) {
      if (!kinds.includes(kind) || seen.has(next) || outputs[next] === undefined) continue;
      seen.add(next);
      reach(next, kinds, seen);
    }
    return seen;
  };
  const namesOf = (paths) => sorted([...paths].map((each) => logicalNames.get(each)));
  const entries = {};
  for (const [path, output] of Object.entries(outputs)) {
    if (!sources.has(output.entryPoint) || !path.endsWith(".js")) continue;
    const all = reach(path, ["import-statement", "dynamic-import"]);
    const atOnce = reach(path, ["import-statement"]);
    if (output.entryPoint !== VAULT && [path, ...atOnce].some((each) => VAULT in outputs[each].inputs)) {
      throw new Error(`${output.entryPoint} would start the vault: it imports what the vault fetches later.`);
    }
    const imports = namesOf(atOnce);
    const lazy = namesOf(all).filter((name) => !imports.includes(name));
    const speaks = [path, ...all].some((each) => SPEAKING in outputs[each].inputs);
    entries[logicalNames.get(path)] = { imports, lazy, speaks };
  }
  return entries;
}
