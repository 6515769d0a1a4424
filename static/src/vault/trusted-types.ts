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

/** Start the worker built from `static/src/workers/NAME.ts`. */
export function startWorker(name: string): Worker {
  return new Worker(policy.createScriptURL(`workers/${name}.js`), { type: "module", name });
}

/** Have our own page shown when there is no connection. A browser that does not allow it loses only that. */
export async function startServiceWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(policy.createScriptURL(SERVICE_WORKER), { scope: "/", updateViaCache: "none" }).catch(() => undefined);
}
