/** The file that comes with an archive. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { FORBIDDEN_CODE, inlined } from "./bundling.mjs";
import { root } from "./places.mjs";
import { digest, shipHashed } from "./shipping.mjs";

/**
 * `open-archive.html`: one file that opens an archive without us. It may run what stands in it, by hash,
 * and load nothing from anywhere.
 */
export async function shipOpener() {
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
