/**
 * The one Trusted Types policy of ours, and the one place that starts a worker.
 *
 * Under `require-trusted-types-for 'script'` the browser takes a worker's address only from a
 * policy. Ours vouches for nothing but the workers that were built and shipped with this page, and
 * for the service worker, which has one address for good.
 */
import { address } from "virtual:assets";

interface ScriptUrlPolicy {
  createScriptURL(input: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy;
}

const SERVICE_WORKER = "/service-worker.js";
const SHIPPED_WORKER = /^workers\/[a-z-]+\.js$/;

const rules: ScriptUrlPolicy = {
  createScriptURL(name) {
    if (name === SERVICE_WORKER) return name;
    if (!SHIPPED_WORKER.test(name)) throw new TypeError("Only a shipped worker may be started.");
    return address(name);
  },
};

const factory = (globalThis as { readonly trustedTypes?: PolicyFactory }).trustedTypes;
const policy = factory?.createPolicy("pocketvault", rules) ?? rules;

const ahead = new Map<string, Worker[]>();

/**
 * Start a worker that is going to be asked for: its code comes and runs while the page still asks for its keys. It holds
 * nothing until somebody takes it over by {@link startWorker}. One that cannot start is forgotten, and started again when it is needed.
 */
export function startWorkerAhead(name: string): void {
  const worker = newWorker(name);
  const waiting = ahead.get(name) ?? [];
  waiting.push(worker);
  ahead.set(name, waiting);
  worker.addEventListener("error", () => {
    const at = waiting.indexOf(worker);
    if (at >= 0) waiting.splice(at, 1);
  });
}

/** Start the worker built from `static/src/workers/NAME.ts`, or take over one that was started ahead. */
export function startWorker(name: string): Worker {
  return ahead.get(name)?.shift() ?? newWorker(name);
}

function newWorker(name: string): Worker {
  return new Worker(policy.createScriptURL(`workers/${name}.js`), { type: "module", name });
}

/** Have our own page shown when there is no connection. A browser that does not allow it loses only that. */
export async function startServiceWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(policy.createScriptURL(SERVICE_WORKER), { scope: "/", updateViaCache: "none" }).catch(() => undefined);
}
