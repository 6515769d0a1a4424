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
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { shipAssets, shipCatalogues } from "./build/assets.mjs";
import { filesFetchedLater, shipAlone, shipBundle } from "./build/bundling.mjs";
import { shipOpener } from "./build/opener.mjs";
import { entriesMatching, filesBelow, root, sorted } from "./build/places.mjs";
import { laterParts } from "./build/plugins.mjs";
import { shipHashed, shipped } from "./build/shipping.mjs";
import { licences, manifest, writeAll } from "./build/writing.mjs";

const WORKER = /^static\/src\/(?<name>workers\/[^/]+)(?<!\.test|\.d)\.ts$/;
const PAGE = /^static\/src\/(?<name>pages\/[^/]+)(?<!\.test|\.d)\.ts$/;
const SERVICE_WORKER = /^static\/src\/(?<name>workers\/offline\/service-worker)\.ts$/;
const STYLE = /^static\/(?<name>css\/(app|desk|public))\.css$/;

/** One number for everything a page is made of: the files shipped so far, and the templates around them. */
async function release() {
  const sum = createHash("sha256");
  for (const name of sorted(shipped.keys())) sum.update(`${shipped.get(name).path}\n`);
  for (const file of await filesBelow("templates")) sum.update(`${file}\n`).update(await readFile(join(root, file)));
  return sum.digest("hex").slice(0, 16);
}

async function main() {
  await shipAssets();
  await shipCatalogues();
  const workers = await shipAlone(await entriesMatching(WORKER));
  const parts = await filesFetchedLater();
  const pages = await shipAlone(await entriesMatching(PAGE, STYLE), parts.size === 0 ? [] : [laterParts(parts)]);
  await shipOpener();
  shipHashed("licences.txt", await licences());
  const offline = await shipBundle(await entriesMatching(SERVICE_WORKER), { RELEASE: JSON.stringify(await release()) });
  await writeAll(manifest({ ...workers, ...pages, ...offline }));
}

main().catch((error) => {
  process.stderr.write(`${error.errors === undefined ? error.stack : "The build failed for the reasons above."}\n`);
  process.exitCode = 1;
});
