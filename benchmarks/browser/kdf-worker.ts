/** From a password to its keys, as at every sign-in. */
import { DEFAULT_KDF, SALT_BYTES } from "../../static/src/crypto/kdf-parameters.ts";
import { keysFromPassword } from "../../static/src/crypto/kdf.ts";
import { noise } from "./rounds.ts";
import { answerWith } from "./worker.ts";

answerWith(async () => {
  const parameters = { ...DEFAULT_KDF, salt: noise(SALT_BYTES) };
  const started = performance.now();
  await keysFromPassword("correct horse battery staple", parameters);
  const { memoryKib, iterations, parallelism } = parameters;
  return { seconds: (performance.now() - started) / 1000, memoryKib, iterations, parallelism };
});
