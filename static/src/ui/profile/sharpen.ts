/** Lays a sharp picture over a blurred one once it is there. What does not come leaves the blurred one. */

/** Whether the picture came. `frame` holds the blurred one, and is a box of the same shape. */
export async function sharpen(frame: HTMLElement, address: string): Promise<boolean> {
  const sharp = new Image();
  sharp.className = "sharp";
  sharp.alt = "";
  sharp.decoding = "async";
  sharp.draggable = false;
  sharp.src = address;
  try {
    await sharp.decode();
  } catch {
    return false;
  }
  frame.append(sharp);
  // One frame at rest, so that it fades in from nothing.
  requestAnimationFrame(() => {
    sharp.classList.add("is-there");
  });
  return true;
}
