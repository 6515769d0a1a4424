/** Where the sources are and where the build goes, and which files there are. */
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";

/** What every address of a shipped file begins with. */
export const PREFIX = "/static/";

const { values: options } = parseArgs({ options: { root: { type: "string" }, out: { type: "string" } } });
export const root = resolve(options.root ?? join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), "../.."));
export const out = resolve(options.out ?? join(root, "static/dist"));
export const maps = join(root, "var/sourcemaps");
/** Finds files of the checkout's own packages. */
export const require = createRequire(join(root, "package.json"));

export const sorted = (names) => [...names].sort((a, b) => (a < b ? -1 : 1));
export const addressOf = (path) => PREFIX + path;

/** All files below a folder of the checkout, as sorted paths from its root; none where there is no such folder. */
export async function filesBelow(folder) {
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
export async function entriesMatching(...patterns) {
  const entries = {};
  for (const file of await filesBelow("static")) {
    const name = patterns.map((pattern) => pattern.exec(file)?.groups?.name).find(Boolean);
    if (name !== undefined) entries[name] = file;
  }
  return entries;
}
