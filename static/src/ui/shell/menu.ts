/** Puts a menu (a popover) beside the button that opens it, within the window. */
const GAP = 4;
const MARGIN = 8;

/** For a menu's `toggle`: found by its id in the button's `popovertarget`. */
export function placeMenu(event: Event): void {
  const menu = event.currentTarget;
  if (!(menu instanceof HTMLElement) || !(event instanceof ToggleEvent) || event.newState !== "open") return;
  const box = document.querySelector(`[popovertarget="${menu.id}"]`)?.getBoundingClientRect();
  if (box === undefined) return;
  const top = Math.min(box.bottom + GAP, innerHeight - menu.offsetHeight - MARGIN);
  const left = Math.max(MARGIN, Math.min(box.left, innerWidth - menu.offsetWidth - MARGIN));
  menu.style.inset = `${top}px auto auto ${left}px`;
}
