/** The keys of the viewer. Typing in a field, or a dialog over the viewer, keeps them for itself. */
import { isTyping } from "../../typing.ts";

export interface StageKeys {
  close(): void;
  step(direction: 1 | -1): void;
  togglePlay(): void;
  /** A factor; 0 fits the photo again. */
  zoom(factor: number): void;
}

/** Of one's own photos there is more to know and to do. */
export interface ViewerKeys extends StageKeys {
  toggleInfo(): void;
  /** By the icon's name, which is stable. */
  perform(act: string): void;
  help(): void;
}

type KeyMap<Keys> = Readonly<Record<string, (viewer: Keys) => void>>;

const ZOOM_STEP = 1.5;

/** What can be done with any photo on the stage. */
export const STAGE_KEYS: KeyMap<StageKeys> = {
  Escape: (viewer) => { viewer.close(); },
  ArrowLeft: (viewer) => { viewer.step(-1); },
  ArrowRight: (viewer) => { viewer.step(1); },
  " ": (viewer) => { viewer.togglePlay(); },
  "+": (viewer) => { viewer.zoom(ZOOM_STEP); },
  "=": (viewer) => { viewer.zoom(ZOOM_STEP); },
  "-": (viewer) => { viewer.zoom(1 / ZOOM_STEP); },
  "0": (viewer) => { viewer.zoom(0); },
};

export const VIEWER_KEYS: KeyMap<ViewerKeys> = {
  ...STAGE_KEYS,
  i: (viewer) => { viewer.toggleInfo(); },
  f: (viewer) => { viewer.perform("favourite"); },
  Delete: (viewer) => { viewer.perform("recycle"); },
  "?": (viewer) => { viewer.help(); },
};

/** Do what the key means. */
export function keyAct<Keys>(viewer: Keys, keys: KeyMap<Keys>, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], .menu:popover-open") !== null) return;
  const isButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary") !== null;
  if (event.key === " " && isButton) return;
  const act = keys[event.key] ?? keys[event.key.toLowerCase()];
  if (act === undefined) return;
  event.preventDefault();
  act(viewer);
}
