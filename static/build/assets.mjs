/** Drawings, pictures, decoders, catalogues and what the installed app is: all that no bundler touches. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { drawIcon } from "../app-icons.mjs";
import { addressOf, filesBelow, require, root, sorted } from "./places.mjs";
import { packages, shipHashed, shipped } from "./shipping.mjs";

const CATALOGUE = /^locale\/(?<language>[^/]+)\/LC_MESSAGES\/djangojs\.json$/;
/** Logical name -> how it is drawn. The system cuts its own shape out of a maskable one, and keeps its middle 80 %. */
const APP_ICONS = {
  "app/icon-192.png": { size: 192, share: 0.66, isCut: false },
  "app/icon-512.png": { size: 512, share: 0.66, isCut: false },
  "app/maskable-512.png": { size: 512, share: 0.54, isCut: true },
  "app/touch-180.png": { size: 180, share: 0.62, isCut: true },
};
const DRAWING = /^(\s*<(path|circle|rect|line|ellipse|polyline|polygon) [^<>]*\/>\s*)+$/;

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

/** The sprite, the decoders, every picture of `static/img`, and the app. */
export async function shipAssets() {
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
export async function shipCatalogues() {
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
