/**
 * Whether a canvas gives back what was drawn on it.
 *
 * Some browsers add noise to every read, against fingerprinting. Thumbnails made there would be
 * speckled for ever, so they are better made later, by another browser.
 */

const SIDE = 16;

/** A pattern with every kind of step in it: smooth, sharp, dark, light and transparent none. */
export function testPattern(): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let at = 0; at < SIDE * SIDE; at += 1) {
    const x = at % SIDE;
    const y = Math.floor(at / SIDE);
    pixels.set([x * 17, y * 17, (x ^ y) % 2 === 0 ? 0 : 255, 255], at * 4);
  }
  return pixels;
}

/** Whether what was read is what was drawn. */
export function isFaithful(drawn: Uint8ClampedArray, read: Uint8ClampedArray): boolean {
  return drawn.length === read.length && drawn.every((value, at) => value === read[at]);
}

/** Draw the pattern and read it back, twice, because noise may differ from read to read. */
export function isCanvasTrusted(): boolean {
  const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
  if (context === null) return false;
  const pattern = testPattern();
  context.putImageData(new ImageData(pattern, SIDE, SIDE), 0, 0);
  return [0, 1].every(() => isFaithful(pattern, context.getImageData(0, 0, SIDE, SIDE).data));
}
