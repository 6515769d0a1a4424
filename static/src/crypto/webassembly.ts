/** Whether this page may run WebAssembly at all. */
import { CryptoError } from "./errors.ts";

const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/**
 * Fail at once where WebAssembly is missing or forbidden.
 *
 * In a worker whose content security policy forbids it, the library behind us waits for ever;
 * compiling an empty module first turns that silence into an error.
 * @throws CryptoError "unavailable".
 */
export function requireWebAssembly(): void {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    throw new CryptoError("unavailable", "This page may not run WebAssembly, which passwords and digests need.");
  }
}
