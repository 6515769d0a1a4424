/** The same under Node. Usage: node strip-node.js SIZE ROUNDS */
import { measureStripping } from "./stripping.ts";

const [size, rounds] = process.argv.slice(2).map(Number);
process.stdout.write(JSON.stringify(await measureStripping({ size: size ?? 0, rounds: rounds ?? 0 })));
