/** Writes down which mutants a run of one test file passed by: their numbers, to COVERED. */
import { writeFileSync } from "node:fs";

process.on("exit", () => {
  const passed = globalThis.__stryker__?.mutantCoverage?.static ?? {};
  writeFileSync(process.env.COVERED, JSON.stringify(Object.keys(passed)));
});
