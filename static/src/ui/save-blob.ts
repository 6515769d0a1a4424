/** Handing a small file to whoever sits at the screen. */

// The browser has taken hold of the blob well before.
const HELD_MS = 60_000;

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => { URL.revokeObjectURL(link.href); }, HELD_MS);
}
