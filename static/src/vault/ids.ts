/** Ids made on this device: UUIDv7 (RFC 9562), so they sort by when they were made. */
import { randomBytes, toHex } from "../crypto/bytes.ts";

export function newId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  new DataView(bytes.buffer).setUint16(0, Math.floor(now / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, now % 2 ** 32);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
