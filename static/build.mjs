/**
 * Builds everything the browser receives into `static/dist`.
 *
 *     node static/build.mjs [--root FOLDER] [--out FOLDER]
 *
 * Every shipped file carries a hash of its content in its name and is listed in `manifest.json`, so
 * what a page may load can be checked byte for byte. The same sources give the same bytes whatever
 * the folder, time zone or umask: nothing of the machine may reach the output.
 *
 * Four stages, because each needs what the one before has settled: plain assets, then the workers,
 * then the pages and styles, then the service worker, whose bytes change with all of it. Code asks for
 * addresses through `virtual:assets`.
 */
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { drawIcon } from "./app-icons.mjs";

const PREFIX = "/static/";
const BROWSERS = ["es2022", "chrome120", "firefox121", "safari17.4"];
const WORKER = /^static\/src\/(?<name>workers\/[^/]+)(?<!\.test|\.d)\.ts$/;
const PAGE = /^static\/src\/(?<name>pages\/[^/]+)(?<!\.test|\.d)\.ts$/;
const SERVICE_WORKER = /^static\/src\/(?<name>workers\/offline\/service-worker)\.ts$/;
const STYLE = /^static\/(?<name>css\/(app|desk|public))\.css$/;
const CATALOGUE = /^locale\/(?<language>[^/]+)\/LC_MESSAGES\/djangojs\.json$/;
/** Whoever imports this says something, so its page brings the catalogue of its language. */
const SPEAKING = "static/src/ui/text.ts";
/** How the vault fetches a part of itself (`ui/shell/later.ts`). */
const FETCHED_LATER = /\blater\(\(\) => import\("(\.[^"]+)"\)\)/g;
const VAULT = "static/src/pages/vault.ts";
/** What gets smaller by it; pictures and fonts are compressed already. */
const COMPRESSIBLE = /\.(css|html|js|svg|txt|wasm|webmanifest)$/;
/** The best takes a second for each megabyte: for what a page waits for, and for nothing else. */
const LARGE_BYTES = 512 * 1024;
const HASH_IN_NAME = /-[A-Z0-9]{8}(?=\.[a-z0-9]+$)/;
// The content security policy allows neither, so code that holds one would only fail later.
const FORBIDDEN_CODE = /\beval\s*\(|\bnew\s+Function\b/;
/** Logical name -> how it is drawn. The system cuts its own shape out of a maskable one, and keeps its middle 80 %. */
const APP_ICONS = {
  "app/icon-192.png": { size: 192, share: 0.66, isCut: false },
  "app/icon-512.png": { size: 512, share: 0.66, isCut: false },
  "app/maskable-512.png": { size: 512, share: 0.54, isCut: true },
  "app/touch-180.png": { size: 180, share: 0.62, isCut: true },
};
const DRAWING = /^(\s*<(path|circle|rect|line|ellipse|polyline|polygon) [^<>]*\/>\s*)+$/;

const { values: options } = parseArgs({ options: { root: { type: "string" }, out: { type: "string" } } });
const root = resolve(options.root ?? join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), ".."));
const out = resolve(options.out ?? join(root, "static/dist"));
const maps = join(root, "var/sourcemaps");
const require = createRequire(join(root, "package.json"));

/** Logical name -> {path, bytes}: all that will be shipped. */
const shipped = new Map();
/** Folders of the packages whose code or drawings are shipped, for their licences. */
const packages = new Set();
/** Path -> bytes of the source maps, which stay at home. */
const sourceMaps = new Map();

const sorted = (names) => [...names].sort((a, b) => (a < b ? -1 : 1));
const addressOf = (path) => PREFIX + path;

function ship(logicalName, path, bytes) {
  shipped.set(logicalName, { path, bytes });
}

/** Ships bytes that no bundler has named, under a name that carries their hash. */
function shipHashed(logicalName, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(logicalName);
  ship(logicalName, `${logicalName.slice(0, -extension.length)}-${hash}${extension}`, bytes);
}

async function filesBelow(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return sorted(
    entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/")),
  );
}

/** What esbuild starts from: {name in the output: source}, such as {"pages/vault": "static/src/pages/vault.ts"}. */
async function entriesMatching(...patterns) {
  const entries = {};
  for (const file of await filesBelow("static")) {
    const name = patterns.map((pattern) => pattern.exec(file)?.groups?.name).find(Boolean);
    if (name !== undefined) entries[name] = file;
  }
  return entries;
}

/** One sprite from the drawings named in `static/icons.json`; a page shows one with `<use href="…#name">`. */
async function drawSprite() {
  const names = JSON.parse(await readFile(join(root, "static/icons.json"), "utf8"));
  const folder = join(dirname(require.resolve("lucide-static/package.json")), "icons");
  const symbols = await Promise.all(
    sorted(Object.keys(names)).map(async (name) => {
      const drawing = await readFile(join(folder, `${names[name]}.svg`), "utf8").catch(() => "");
      const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(drawing)?.[1] ?? "";
      if (!DRAWING.test(inner)) throw new Error(`icons.json: "${name}" asks for "${names[name]}", which lucide does not draw.`);
      return `<symbol id="${name}" viewBox="0 0 24 24" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
    }),
  );
  packages.add("node_modules/lucide-static");
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function shipAssets() {
  shipHashed("icons.svg", await drawSprite());
  shipHashed("libheif.wasm", await readFile(require.resolve("libheif-js/libheif-wasm/libheif.wasm")));
  packages.add("node_modules/libheif-js");
  shipHashed("libjxl.wasm", await readFile(require.resolve("@jsquash/jxl/codec/dec/jxl_dec.wasm")));
  packages.add("node_modules/@jsquash/jxl");
  for (const file of await filesBelow("static/img")) {
    shipHashed(file.slice("static/".length), await readFile(join(root, file)));
  }
  await shipApp();
}

/**
 * The browser's sentences of each language, one file for each: a script that does nothing but leave data behind
 * for `ui/text.ts`. A script because deferred ones run in their order, so that the first sentence is never said
 * before its translation is there; a module that waits for data would be run too early by some browsers.
 */
async function shipCatalogues() {
  for (const file of await filesBelow("locale")) {
    const language = CATALOGUE.exec(file)?.groups?.language;
    if (language === undefined) continue;
    const data = JSON.stringify(JSON.parse(await readFile(join(root, file), "utf8")));
    // Read as JSON it stays data, whatever stands in it.
    shipHashed(`languages/${language}.js`, Buffer.from(`globalThis.pocketvaultCatalogue=JSON.parse(${JSON.stringify(data)});\n`));
  }
}

/** What the installed app is called, looks like and opens. */
async function shipApp() {
  const mark = await readFile(join(root, "static/img/mark.svg"), "utf8");
  for (const [name, drawing] of Object.entries(APP_ICONS)) shipHashed(name, drawIcon(mark, drawing));
  const iconOf = (name, purpose) => {
    const sizes = `${APP_ICONS[name].size}x${APP_ICONS[name].size}`;
    return { src: addressOf(shipped.get(name).path), sizes, type: "image/png", purpose };
  };
  const described = {
    id: "/",
    name: "PocketVault",
    short_name: "PocketVault",
    description: "A photo vault that only you can open.",
    lang: "en-GB",
    start_url: "/photos",
    scope: "/",
    display: "standalone",
    background_color: "#f9fafb",
    theme_color: "#f9fafb",
    icons: [iconOf("app/icon-192.png", "any"), iconOf("app/icon-512.png", "any"), iconOf("app/maskable-512.png", "maskable")],
  };
  shipHashed("app/app.webmanifest", Buffer.from(`${JSON.stringify(described, null, 1)}\n`));
}

/** One number for everything a page is made of: the files shipped so far, and the templates around them. */
async function release() {
  const sum = createHash("sha256");
  for (const name of sorted(shipped.keys())) sum.update(`${shipped.get(name).path}\n`);
  for (const file of await filesBelow("templates")) sum.update(`${file}\n`).update(await readFile(join(root, file)));
  return sum.digest("hex").slice(0, 16);
}

/** `virtual:assets`, holding the addresses settled so far. Its types are in `static/src/assets.d.ts`. */
function virtualAssets() {
  const addresses = Object.fromEntries(sorted(shipped.keys()).map((name) => [name, addressOf(shipped.get(name).path)]));
  const contents = `
    const addresses = new Map(Object.entries(${JSON.stringify(addresses)}));
    export function address(name) {
      const found = addresses.get(name);
      if (found === undefined) throw new Error("Nothing is shipped under the name " + name + ".");
      return found;
    }`;
  return {
    name: "virtual-assets",
    setup(build) {
      build.onResolve({ filter: /^virtual:assets$/ }, () => ({ path: "assets", namespace: "virtual" }));
      build.onLoad({ filter: /.*/, namespace: "virtual" }, () => ({ contents, loader: "js" }));
    },
  };
}

/** libheif asks for Node's modules on a path no browser takes; anywhere else such a request stays an error. */
const withoutNode = {
  name: "without-node",
  setup(build) {
    build.onResolve({ filter: /^(fs|path|crypto)$/ }, ({ path, importer }) =>
      /[\\/]libheif-js[\\/]/.test(importer) ? { path, namespace: "absent" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "", loader: "empty" }));
  },
};

/**
 * geotiff brings codecs that `decoders/tiff-codecs.ts` replaces by bounded ones, others that no photo
 * uses, and all of them once more as the text of a worker. None of that is shipped.
 */
const withoutSpareCodecs = {
  name: "without-spare-codecs",
  setup(build) {
    build.onResolve({ filter: /^\.\/(worker\/create|deflate|lzw|packbits|lerc|zstd|webimage)\.js$/ }, ({ importer }) =>
      /[\\/]geotiff[\\/]dist-module[\\/](pool|compression[\\/]index)\.js$/.test(importer) ? { path: "codec", namespace: "absent" } : undefined,
    );
  },
};

/**
 * What is fetched later finds the whole of its page in place. Saying so keeps the page in one piece: else the bundler
 * cuts it into a file for each set of later parts that have something in common, and a page would ask for all of them.
 */
function laterParts(page, files) {
  const name = new RegExp(`(${files.map((file) => file.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})$`);
  return {
    name: "later-parts",
    setup(build) {
      build.onLoad({ filter: name }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        // From there and not from the root of this machine's files: the text is in the source map, and that in the hash.
        const from = relative(dirname(path), join(root, page)).split(sep).join("/");
        return { contents: `${text}\nimport ${JSON.stringify(`./${from}`)};\n`, loader: "ts" };
      });
    },
  };
}

/** The parts of a page that it fetches when somebody asks for them, as its sources say it. */
async function filesFetchedLater() {
  const found = new Set();
  for (const file of await filesBelow("static/src/ui")) {
    if (file.endsWith(".test.ts")) continue;
    for (const [, path] of (await readFile(join(root, file), "utf8")).matchAll(FETCHED_LATER)) {
      found.add(relative(root, join(root, dirname(file), path)).split(sep).join("/"));
    }
  }
  return sorted(found);
}

/** A picture named in a style is one already shipped from `static/img`, so there is only ever one copy. */
const picturesInStyles = {
  name: "pictures-in-styles",
  setup(build) {
    build.onResolve({ filter: /\.(svg|png|jpg|webp|avif)$/ }, ({ path, kind, resolveDir }) => {
      if (kind !== "url-token") return undefined;
      const file = shipped.get(relative(join(root, "static"), join(resolveDir, path)).split(sep).join("/"));
      if (file === undefined) return { errors: [{ text: `There is no picture ${path} in static/img.` }] };
      return { path: addressOf(file.path), external: true };
    });
  },
};

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
    plugins: [virtualAssets(), withoutNode, withoutSpareCodecs, picturesInStyles, ...plugins],
  });
}

function keepLicencesOf(metafile) {
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) packages.add(folder);
  }
}

/** All the text of one entry, with whatever it needs inside. */
async function inlined(entry) {
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

/**
 * `open-archive.html`: one file that opens an archive without us. It may run what stands in it, by hash,
 * and load nothing from anywhere.
 */
async function shipOpener() {
  const page = await readFile(join(root, "static/opener.html"), "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (page === null) return;
  const script = await inlined("static/src/opener/main.ts");
  const style = await inlined("static/css/opener.css");
  if (FORBIDDEN_CODE.test(script)) throw new Error("open-archive.html would evaluate text as code.");
  if (/<\/?script/i.test(script) || /<\/style/i.test(style)) throw new Error("open-archive.html would end before its end.");
  const hashOf = (text) => `'sha256-${digest("sha256", "base64", text)}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
    "font-src data:",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html",
  ].join("; ");
  const filled = { POLICY: policy, STYLE: style, SCRIPT: script };
  shipHashed("open-archive.html", Buffer.from(page.replace(/\b(POLICY|STYLE|SCRIPT)\b/g, (name) => filled[name])));
}

/** Bundles the entries and ships what came out. Answers {entry name: {imports, lazy, speaks}}. */
async function shipBundle(entryPoints, define) {
  return shipOutputs(await bundle(entryPoints, define, []), entryPoints);
}

/**
 * Each page and worker in one piece, but for what it fetches itself. Shared among all of them a page was thirty files,
 * most of them tiny: what two have in common is worth less than the ways there and back that this took on a slow line.
 */
async function shipAlone(entryPoints, plugins = []) {
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

/** The licences of what is shipped, as they ask to be. */
async function licences() {
  const parts = [];
  for (const folder of sorted(packages)) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
    const files = sorted(await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), "utf8")));
    parts.push([`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join("\n\n"));
  }
  // A package may hold the work of others whose notices it does not bring along.
  for (const file of await filesBelow("static/notices")) parts.push((await readFile(join(root, file), "utf8")).trim());
  return Buffer.from(parts.join(`\n\n${"-".repeat(72)}\n\n`) + "\n");
}

const digest = (algorithm, encoding, bytes) => createHash(algorithm).update(bytes).digest(encoding);

/**
 * Under our Integrity-Policy a browser refuses every script whose integrity nobody stated, and an
 * `import` can only state it through an import map. That has to stand in the page itself, before the
 * first module, so its own hash goes into `script-src`. Workers take no import map and need none; a catalogue
 * is named by its page and imported by nobody.
 */
function importMap(files) {
  const integrity = {};
  for (const { path, integrity: value } of Object.values(files)) {
    if (path.endsWith(".js") && !path.startsWith("languages/")) integrity[addressOf(path)] = value;
  }
  const text = JSON.stringify({ integrity });
  return { text, source: `'sha256-${digest("sha256", "base64", text)}'` };
}

function manifest(entries) {
  const files = {};
  for (const name of sorted(shipped.keys())) {
    const { path, bytes } = shipped.get(name);
    files[name] = {
      path,
      bytes: bytes.length,
      sha256: digest("sha256", "hex", bytes),
      integrity: `sha384-${digest("sha384", "base64", bytes)}`,
    };
  }
  return Buffer.from(`${JSON.stringify({ format: 1, prefix: PREFIX, importMap: importMap(files), entries, files }, null, 1)}\n`);
}

async function writeAt(folder, path, bytes) {
  const place = join(folder, path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, bytes);
  await chmod(place, 0o644);
}

const compressors = {
  br: (bytes) => {
    const quality = bytes.length > LARGE_BYTES ? 9 : constants.BROTLI_MAX_QUALITY;
    return promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
  },
  gz: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/**
 * The same file in fewer bytes, beside it, for whoever takes it so (WhiteNoise finds it by its ending). The manifest
 * does not name these: how small they get is the machine's affair, and what is in them is what was compressed.
 */
async function writeCompressed(folder, path, bytes) {
  if (!COMPRESSIBLE.test(path)) return;
  for (const [ending, compress] of Object.entries(compressors)) {
    const smaller = await compress(bytes);
    if (smaller.length < bytes.length) await writeAt(folder, `${path}.${ending}`, smaller);
  }
}

/** Writes beside the old build and swaps, so that a build that fails leaves the old one whole. */
async function writeAll(manifestBytes) {
  const fresh = join(dirname(out), `.${basename(out)}-${process.pid}`);
  await rm(fresh, { recursive: true, force: true });
  for (const { path, bytes } of shipped.values()) await writeAt(fresh, path, bytes);
  await Promise.all([...shipped.values()].map(({ path, bytes }) => writeCompressed(fresh, path, bytes)));
  await writeAt(fresh, "manifest.json", manifestBytes);
  await rm(out, { recursive: true, force: true });
  await mkdir(dirname(out), { recursive: true });
  await rename(fresh, out);
  await rm(maps, { recursive: true, force: true });
  for (const [path, bytes] of sourceMaps) await writeAt(maps, path, bytes);
}

async function main() {
  await shipAssets();
  await shipCatalogues();
  const workers = await shipAlone(await entriesMatching(WORKER));
  const parts = await filesFetchedLater();
  const pages = await shipAlone(await entriesMatching(PAGE, STYLE), parts.length === 0 ? [] : [laterParts(VAULT, parts)]);
  await shipOpener();
  shipHashed("licences.txt", await licences());
  const offline = await shipBundle(await entriesMatching(SERVICE_WORKER), { RELEASE: JSON.stringify(await release()) });
  await writeAll(manifest({ ...workers, ...pages, ...offline }));
}

main().catch((error) => {
  process.stderr.write(`${error.errors === undefined ? error.stack : "The build failed for the reasons above."}\n`);
  process.exitCode = 1;
});
