/**
 * Writes strip.json: what the browser's walkers make of every test file.
 *
 *     node --import tsx tests/vectors/strip.ts
 */
import { writeFileSync } from "node:fs";

import { renderedVectors } from "../../static/src/photo/strip-vectors.ts";

writeFileSync(new URL("strip.json", import.meta.url), renderedVectors());
