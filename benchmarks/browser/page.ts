/** Asks a worker. The page itself does nothing, as in the product. */

interface Answer {
  readonly answer?: unknown;
  readonly error?: string;
}

const workers = new Map<string, Worker>();

function workerCalled(name: string): Worker {
  const known = workers.get(name) ?? new Worker(`/${name}.js`, { type: "module" });
  workers.set(name, known);
  return known;
}

function ask(name: string, options: unknown): Promise<unknown> {
  const worker = workerCalled(name);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.error === undefined) resolve(data.answer);
      else reject(new Error(data.error));
    };
    worker.onerror = (event) => { reject(new Error(event.message)); };
    worker.postMessage(options);
  });
}

/** What `work` answers, and the milliseconds between frames of the page while it went on. */
async function watched(work: () => Promise<unknown>): Promise<{ answer: unknown; frames: number[] }> {
  const frames: number[] = [];
  let last = performance.now();
  let isWatching = true;
  const look = (): void => {
    const now = performance.now();
    frames.push(now - last);
    last = now;
    if (isWatching) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  const answer = await work();
  isWatching = false;
  return { answer, frames };
}

Object.assign(globalThis, { ask, watched });
