/** Keys that are pressed between a click on a photo and the moment its viewer stands there: they are meant for the viewer. */
import { isTyping } from "../typing.ts";

/**
 * Keep every key from whatever is on the page now, but for what somebody writes into a field. Answers how to let go of them: with true they are pressed again, in their
 * order, for whoever listens by then; with false they are forgotten.
 */
export function holdKeys(): (isWanted: boolean) => void {
  const held: KeyboardEvent[] = [];
  const ending = new AbortController();
  const hold = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab" || isTyping(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // One key that stays down is the one that opened it.
    if (!event.repeat) held.push(event);
  };
  addEventListener("keydown", hold, { capture: true, signal: ending.signal });
  return (isWanted) => {
    ending.abort();
    if (!isWanted) return;
    for (const event of held) document.body.dispatchEvent(new KeyboardEvent("keydown", event));
  };
}
