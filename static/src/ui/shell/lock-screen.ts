/**
 * The locked screen of the page. Most vaults are open still when their page comes, so its code comes when it is needed, or
 * first of all that comes later: a vault that locks itself has it there, also without a connection.
 */
import type { Session } from "../../api/types.ts";
import { currentVault } from "../../vault/state.ts";
import { apart, NotArrivedError } from "./later.ts";
import type { Locked } from "./locked.ts";
import { notArrived } from "./nothing-here.ts";

const lockedCode = apart(() => import("./locked.ts"));

/** What it is told before its code is there. */
class LockScreen {
  #session: Session | null = null;
  #trouble = "";
  #element: Locked | null = null;

  set session(session: Session | null) {
    this.#session = session;
    if (this.#element !== null) this.#element.session = session;
  }

  /** A sentence to show instead of a way in, such as a lost connection. */
  set trouble(sentence: string) {
    this.#trouble = sentence;
    if (this.#element !== null) this.#element.trouble = sentence;
  }

  /** The vault is open: it goes, and with it how it was opened. */
  leaveOpen(session: Session): void {
    this.#session = session;
    this.#element?.leaveOpen(session);
    place().hidden = true;
  }

  /** Stand there, with the cursor where the person will type. @throws NotArrivedError. */
  async stand(): Promise<void> {
    const { Locked } = await lockedCode();
    const found = place();
    if (!(found instanceof Locked)) throw new TypeError("The page has no locked screen.");
    if (this.#element === null) Object.assign(found, { session: this.#session, trouble: this.#trouble });
    this.#element = found;
    if (currentVault() !== null) return;
    found.hidden = false;
    await found.takeFocus();
  }
}

const screen = new LockScreen();

export function lockScreen(): LockScreen {
  return screen;
}

/** Show it, or that it did not come. */
export async function standLocked(): Promise<void> {
  try {
    await screen.stand();
  } catch (error) {
    if (!(error instanceof NotArrivedError)) throw error;
    if (currentVault() !== null) return;
    place().replaceChildren(notArrived().element);
    place().hidden = false;
  }
}

function place(): HTMLElement {
  const found = document.getElementById("locked");
  if (found === null) throw new TypeError("The page has no locked screen.");
  return found;
}
