/** Solves the task for a grant away from the page, so that nothing on it stutters. */
import { solvePuzzle, type Puzzle } from "../crypto/puzzle.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", (event: MessageEvent<Puzzle>) => {
  void solvePuzzle(event.data).then(
    (solved) => {
      self.postMessage(solved);
    },
    () => {
      self.postMessage(null);
    },
  );
});
