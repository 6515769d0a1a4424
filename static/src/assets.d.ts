/**
 * Addresses of the files built beside the code, settled by `static/build.mjs`.
 *
 * Names are those of `manifest.json`: `icons.svg`, `libheif.wasm`, `libjxl.wasm`, `img/…`, and in pages also
 * `workers/NAME.js`. A worker cannot ask for another worker's address.
 *
 * A page may not hand the address of a worker to `new Worker` as it stands: under
 * `require-trusted-types-for 'script'` only a `TrustedScriptURL` is taken. One small module on the
 * page side owns the one policy that makes them, and it accepts only what `address` answers for
 * a name that begins with `workers/`; no other module creates a policy or starts a worker.
 */
declare module "virtual:assets" {
  /** The address of a shipped file, such as `/static/workers/crypto-4KX2A7QZ.js`. Throws for a name that is not shipped. */
  export function address(name: string): string;
}

/** What this build is called: changes with every file a page is made of. Known to the service worker alone. */
declare const RELEASE: string;
