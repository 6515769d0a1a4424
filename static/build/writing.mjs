/** The manifest and the licences of what is shipped, and all of it on disk, compressed beside. */
import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { addressOf, filesBelow, maps, out, PREFIX, root, sorted } from "./places.mjs";
import { digest, packages, shipped, sourceMaps } from "./shipping.mjs";

/** What gets smaller by it; pictures and fonts are compressed already. */
const COMPRESSIBLE = /\.(css|html|js|svg|txt|wasm|webmanifest)$/;
/** The best takes a second for each megabyte: for what a page waits for, and for nothing else. */
const LARGE_BYTES = 512 * 1024;

/** The licences of what is shipped, as they ask to be. */
export async function licences() {
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

/** `manifest.json`: every file with its digests, and what each entry loads. */
export function manifest(entries) {
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
export async function writeAll(manifestBytes) {
  const fresh = join(dirname(out), `.${basename(out)}-${process.pid}`);
  await rm(fresh, { recursive: true, force: true });
  for (const { path, bytes } of shipped.values()) await writeAt(fresh, path, bytes);
  await Promise.all([...shipped.values()].map(({ path, bytes }) => writeCompressed(fresh, path, bytes)));
  // By its number too: where processes of two releases answer, "the manifest" is now of one and now of the other.
  for (const name of ["manifest.json", `manifest-${digest("sha256", "hex", manifestBytes)}.json`]) await writeAt(fresh, name, manifestBytes);
  await rm(out, { recursive: true, force: true });
  await mkdir(dirname(out), { recursive: true });
  await rename(fresh, out);
  await rm(maps, { recursive: true, force: true });
  for (const [path, bytes] of sourceMaps) await writeAt(maps, path, bytes);
}
