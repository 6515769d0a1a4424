/** Moving photos within an order that a person laid. */

/** The same ids, with those picked moved one place earlier (-1) or later (1), keeping their own order. */
export function moved(sequence: readonly string[], picked: ReadonlySet<string>, by: 1 | -1): readonly string[] {
  const order = by === -1 ? [...sequence] : [...sequence].reverse();
  for (let at = 1; at < order.length; at += 1) {
    const here = order[at];
    const before = order[at - 1];
    if (here === undefined || before === undefined || !picked.has(here) || picked.has(before)) continue;
    order[at - 1] = here;
    order[at] = before;
  }
  return by === -1 ? order : order.reverse();
}

/** The same ids, with those picked put together before `anchor`, or after it. */
export function placed(sequence: readonly string[], picked: ReadonlySet<string>, anchor: string, isAfter: boolean): readonly string[] {
  const own = sequence.filter((id) => picked.has(id));
  const left = sequence.filter((id) => !picked.has(id));
  // Dropped on one of themselves, they gather where that one stands.
  const before = sequence.slice(0, sequence.indexOf(anchor)).filter((id) => !picked.has(id)).length;
  const at = before + (isAfter && !picked.has(anchor) ? 1 : 0);
  return [...left.slice(0, at), ...own, ...left.slice(at)];
}
