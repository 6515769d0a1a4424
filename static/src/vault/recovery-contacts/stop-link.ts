/** The link in the mail that stops a recovery. */

/** The request and its code behind the `#` of the mail's link; null when part of it is missing. */
export function readStopLink(hash: string): { readonly requestId: string; readonly code: string } | null {
  const found = /^#([0-9a-f-]{36})\.([\w-]{43})$/.exec(hash);
  const [, requestId, code] = found ?? [];
  return requestId === undefined || code === undefined ? null : { requestId, code };
}
