// Bundles the pages and workers of the benchmarks, from the sources the product is built from.
// Usage: node bundle.mjs FOLDER
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [outdir] = process.argv.slice(2);
const names = ["page", "timeline", "crypto-worker", "kdf-worker", "strip-worker", "strip-node", "sharing-worker", "export-worker"];

// Addresses of shipped files are the build's business; nothing here asks for such a file.
const addresses = {
  name: "addresses",
  setup(bundler) {
    bundler.onResolve({ filter: /^virtual:assets$/ }, ({ path }) => ({ path, namespace: "addresses" }));
    bundler.onLoad({ filter: /.*/, namespace: "addresses" }, () => ({ contents: "export const address = (name) => `/${name}`;" }));
  },
};

await build({
  entryPoints: [
    ...names.map((name) => ({ in: join(here, `${name}.ts`), out: name })),
    { in: join(here, "../../static/css/app.css"), out: "app" },
    { in: join(here, "../../static/src/workers/hashing.ts"), out: "hashing" },
  ],
  outdir,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".woff2": "empty", ".svg": "dataurl" },
  tsconfig: join(here, "../../tsconfig.json"),
  plugins: [addresses],
  external: ["node:*"],
  logLevel: "warning",
});
