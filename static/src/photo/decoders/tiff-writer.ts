/** Writes TIFF files for tests, right or wrong in any way a test wants. */

/** A tag and its numbers; SHORT, or LONG where a number needs it. */
export type Tags = Readonly<Record<number, readonly number[]>>;

/** A file of one directory, whose strips or tiles are `blocks`. Offsets and sizes of those are added. */
export function writeTiff(tags: Tags, blocks: readonly Uint8Array[], { isLittle = true, isTiled = false } = {}): Uint8Array<ArrayBuffer> {
  const [offsets, sizes]: [number[], number[]] = [[], []];
  let end = 8;
  for (const block of blocks) {
    offsets.push(end);
    sizes.push(block.length);
    end += block.length + (block.length % 2);
  }
  const all: Tags = { ...tags, [isTiled ? 324 : 273]: offsets, [isTiled ? 325 : 279]: sizes };
  const rows = Object.entries(all).map(([tag, values]) => ({ tag: Number(tag), values, isLong: values.some((value) => value > 0xffff) || Number(tag) === 273 || Number(tag) === 324 }));
  const directory = end;
  const file = new Uint8Array(end + 6 + 12 * rows.length + rows.reduce((sum, { values }) => sum + 4 * values.length, 0));
  const view = new DataView(file.buffer);
  file.set(isLittle ? [0x49, 0x49, 42, 0] : [0x4d, 0x4d, 0, 42]);
  view.setUint32(4, directory, isLittle);
  blocks.forEach((block, k) => { file.set(block, offsets[k]); });
  view.setUint16(directory, rows.length, isLittle);
  let free = directory + 6 + 12 * rows.length;
  rows.forEach(({ tag, values, isLong }, k) => {
    const at = directory + 2 + 12 * k;
    const [width, put] = isLong
      ? ([4, (where: number, value: number) => { view.setUint32(where, value, isLittle); }] as const)
      : ([2, (where: number, value: number) => { view.setUint16(where, value, isLittle); }] as const);
    view.setUint16(at, tag, isLittle);
    view.setUint16(at + 2, isLong ? 4 : 3, isLittle);
    view.setUint32(at + 4, values.length, isLittle);
    const isInline = width * values.length <= 4;
    if (!isInline) view.setUint32(at + 8, free, isLittle);
    values.forEach((value, index) => { put((isInline ? at + 8 : free) + width * index, value); });
    if (!isInline) free += width * values.length;
  });
  return file;
}
