/** A worker that answers one question at a time. */

/** Answer every message with what `measure` makes of it, or with what went wrong. */
export function answerWith<Options>(measure: (options: Options) => Promise<unknown>): void {
  addEventListener("message", ({ data }: MessageEvent<Options>) => {
    measure(data).then(
      (answer) => { postMessage({ answer }); },
      (error: unknown) => { postMessage({ error: String(error) }); },
    );
  });
}
