/** Further ways to share in the share dialog, each a section below "People and groups": one import and one line to add one. */
import type { nothing, TemplateResult } from "lit";

import type { Vault } from "../../vault/unlock.ts";
import type { LibrarySession } from "../library/session.ts";
import { everyonePanel } from "../publishing/everyone-panel.ts";
import { linksPanel } from "./links-panel.ts";

/** What a panel knows of the dialog it stands in. */
export interface PanelContext {
  readonly vault: Vault;
  /** The shared album; null while what is chosen is not shared yet. */
  readonly albumId: string | null;
  /** The photos that are chosen. */
  readonly ids: readonly string[];
  readonly session: LibrarySession;
  /** Make what is chosen a shared album, if it is none yet, and begin to prepare its photos. Answers its id. */
  readonly begin: () => Promise<string>;
  /** Read the album again, as after a change. */
  readonly changed: () => void;
}

/** Draws a section, or nothing; called with every update of the dialog, so what has a state is an element of its own. */
export type SharePanel = (context: PanelContext) => TemplateResult | typeof nothing;

export const morePanels: readonly SharePanel[] = [linksPanel, everyonePanel];
