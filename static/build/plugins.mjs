/** What esbuild is told beside its settings. */
import { readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

import { addressOf, root, sorted } from "./places.mjs";
import { shipped } from "./shipping.mjs";

/** `virtual:assets`, holding the addresses settled so far. Its types are in `static/src/assets.d.ts`. */
export function virtualAssets() {
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
export const withoutNode = {
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
export const withoutSpareCodecs = {
  name: "without-spare-codecs",
  setup(build) {
    build.onResolve({ filter: /^\.\/(worker\/create|deflate|lzw|packbits|lerc|zstd|webimage)\.js$/ }, ({ importer }) =>
      /[\\/]geotiff[\\/]dist-module[\\/](pool|compression[\\/]index)\.js$/.test(importer) ? { path: "codec", namespace: "absent" } : undefined,
    );
  },
};

/**
 * The post-quantum package makes two hybrids over NIST's curves, and one more, as soon as it is loaded: nobody here asks for them, and
 * without a word that making them does nothing else, every page would bring three curves along and compute their tables before its first paint.
 */
export const withoutSpareHybrids = {
  name: "without-spare-hybrids",
  setup(build) {
    build.onLoad({ filter: /[\\/]@noble[\\/]post-quantum[\\/]hybrid\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const made = /^(export const (?:QSF|KitchenSink)_\w+ = )((?:QSF|createKitchenSink)\(.*\));$/gm;
      if (text.match(made)?.length !== 3) return { errors: [{ text: "Hybrids are made in another way than this build knows." }] };
      return { contents: text.replace(made, "$1/* @__PURE__ */ (() => $2)();"), loader: "js" };
    });
  },
};

/**
 * What is fetched later finds the whole of its page in place, and most of it the ground as well. Saying so keeps each in one piece:
 * else the bundler cuts it into a file for each set of later parts that have something in common, and a page would ask for all of
 * them. `parts` is {file: what it finds in place}.
 */
export function laterParts(parts) {
  const name = new RegExp(`(${[...parts.keys()].map((file) => file.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})$`);
  return {
    name: "later-parts",
    setup(build) {
      build.onLoad({ filter: name }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        // From there and not from the root of this machine's files: the text is in the source map, and that in the hash.
        const from = (file) => JSON.stringify(`./${relative(dirname(path), join(root, file)).split(sep).join("/")}`);
        const inPlace = parts.get(relative(root, path).split(sep).join("/")) ?? [];
        return { contents: `${text}\n${inPlace.map((file) => `import ${from(file)};\n`).join("")}`, loader: "ts" };
      });
    },
  };
}

/** A picture named in a style is one already shipped from `static/img`, so there is only ever one copy. */
export const picturesInStyles = {
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
