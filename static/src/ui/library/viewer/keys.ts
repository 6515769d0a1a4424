/** The keys of the viewer. Typing in a field, or a dialog over the viewer, keeps them for itself. */
export interface ViewerKeys {
  close(): void;
  step(direction: 1 | -1): void;
  toggleInfo(): void;
  togglePlay(): void;
  /** By the icon's name, which is stable. */
  perform(act: string): void;
  /** A factor; 0 fits the photo again. */
  zoom(factor: number): void;
  help(): void;
}

const ZOOM_STEP = 1.5;

const KEYS: Readonly<Record<string, (viewer: ViewerKeys) => void>> = {
  Escape: (viewer) => { viewer.close(); },
  ArrowLeft: (viewer) => { viewer.step(-1); },
  ArrowRight: (viewer) => { viewer.step(1); },
  " ": (viewer) => { viewer.togglePlay(); },
  i: (viewer) => { viewer.toggleInfo(); },
  f: (viewer) => { viewer.perform("favourite"); },
  Delete: (viewer) => { viewer.perform("recycle"); },
  "+": (viewer) => { viewer.zoom(ZOOM_STEP); },
  "=": (viewer) => { viewer.zoom(ZOOM_STEP); },
  "-": (viewer) => { viewer.zoom(1 / ZOOM_STEP); },
  "0": (viewer) => { viewer.zoom(0); },
  "?": (viewer) => { viewer.help(); },
};

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** Do what the key means. */
export function keyAct(viewer: ViewerKeys, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") !== null) return;
  const isButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary") !== null;
  if (event.key === " " && isButton) return;
  const act = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (act === undefined) return;
  event.preventDefault();
  act(viewer);
}
