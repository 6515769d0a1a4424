/**
 * Calls between a page and its workers.
 *
 * Both ends offer methods and call the other's. An error crosses as a code and a sentence, because
 * classes do not survive the crossing and anything else says nothing a person could use.
 */
export interface Refusal {
  readonly code: string;
  readonly sentence: string;
}

/** A refusal as an error. */
export class LibraryError extends Error {
  override readonly name = "LibraryError";

  constructor(
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

const UNEXPECTED = "Something went wrong here. Nothing was lost; please try again.";

/** Any error as a code and a sentence. Our own carry both. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Error && error.name === "AbortError") return { code: "aborted", sentence: "This was cancelled." };
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return { code: error.code, sentence: error.message };
  }
  return { code: "unexpected", sentence: UNEXPECTED };
}

type Given<T> = T extends Uint8Array | MessagePort ? T | Moved<T> : T;

/** The methods of the other end. Bytes that are handed over may be moved instead of copied; ports must be. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...given: infer Params) => infer Result
    ? (...given: { [I in keyof Params]: Given<Params[I]> }) => Promise<Awaited<Result>>
    : never;
};

/** The part of a worker, a worker's own scope or a message port that a bridge stands on. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
  start?(): void;
}

export interface Bridge<Theirs> {
  readonly remote: Remote<Theirs>;
  /** Refuse everything that still waits for an answer, as when the worker was ended. */
  abandon(refusal: Refusal): void;
}

/** An answer, or what a call is given, some of whose buffers or ports move instead of being copied. */
export class Moved<T> {
  constructor(
    readonly value: T,
    readonly buffers: Transferable[],
  ) {}
}

type Message =
  | { readonly call: number; readonly method: string; readonly given: readonly unknown[] }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly refusal: Refusal };

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: LibraryError): void;
}

type Method = (...given: readonly unknown[]) => unknown;

/** Offer `ours` on a port and call what the other end offers. */
export function bridge<Theirs extends object>(port: Port, ours: object): Bridge<Theirs> {
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  const call = (method: string, given: readonly unknown[]): Promise<unknown> => {
    const { promise, resolve, reject } = promiseWithResolvers();
    calls += 1;
    waiting.set(calls, { resolve, reject });
    const moving = given.flatMap((each) => (each instanceof Moved ? each.buffers : []));
    const plain = given.map((each): unknown => (each instanceof Moved ? each.value : each));
    port.postMessage({ call: calls, method, given: plain }, moving);
    return promise;
  };
  port.addEventListener("message", ({ data }) => {
    const message = data as Message;
    if ("call" in message) void serve(port, ours, message.call, message.method, message.given);
    else settle(waiting, message);
  });
  port.start?.();
  return {
    remote: remoteOver<Theirs>(call),
    abandon: (refusal) => {
      for (const each of waiting.values()) each.reject(new LibraryError(refusal.code, refusal.sentence));
      waiting.clear();
    },
  };
}

function promiseWithResolvers(): { promise: Promise<unknown> } & Waiting {
  let resolve: Waiting["resolve"] = () => undefined;
  let reject: Waiting["reject"] = () => undefined;
  const promise = new Promise<unknown>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

function remoteOver<T>(call: (method: string, given: readonly unknown[]) => Promise<unknown>): Remote<T> {
  return new Proxy({}, {
    // A remote that is awaited must not look like a promise.
    get: (_target, name) => (name === "then" ? undefined : (...given: readonly unknown[]) => call(String(name), given)),
  }) as Remote<T>;
}

function settle(waiting: Map<number, Waiting>, message: Exclude<Message, { readonly call: number }>): void {
  const each = waiting.get(message.answer);
  waiting.delete(message.answer);
  if ("refusal" in message) each?.reject(new LibraryError(message.refusal.code, message.refusal.sentence));
  else each?.resolve(message.value);
}

async function serve(port: Port, ours: object, answer: number, name: string, given: readonly unknown[]): Promise<void> {
  try {
    const method = Reflect.get(ours, name) as unknown;
    if (typeof method !== "function") throw new LibraryError("unexpected", UNEXPECTED);
    const value: unknown = await Reflect.apply(method as Method, ours, [...given]);
    if (value instanceof Moved) port.postMessage({ answer, value: value.value as unknown }, value.buffers);
    else port.postMessage({ answer, value }, []);
  } catch (error) {
    port.postMessage({ answer, refusal: refusalOf(error) }, []);
  }
}
