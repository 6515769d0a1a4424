/**
 * One photograph of the grid: an option and the picture in it, two nodes in all, and a third that
 * says whose it is where it is somebody else's, or that everyone can see it. Tiles are used
 * again as the page scrolls, so everything a tile shows is set anew by {@link Tile.show}.
 */
import type { Item } from "../../../vault/library/view.ts";
import type { MediaHandle, Pictured } from "../../../vault/library/media.ts";
import { spokenDay } from "../dates.ts";
import { ringElement } from "../../icons.ts";
import { initials } from "../../people/initials.ts";
import { t } from "../../text.ts";
import { kindName } from "../kind-names.ts";
import { paintSoon } from "./stand-ins.ts";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What a screen reader says, and what the picture is called. */
export function spokenName(item: Item): string {
  const name = item.altText || item.title || item.name || t("Photo");
  // A visitor of a link is not always told when a photo was taken.
  if (Number.isNaN(item.time)) return name;
  return t("{name}, {day}", { name, day: spokenDay(item.time) });
}

/** Why there is a plate instead of a picture, in words; null when there is a picture. */
export function plateWords(item: Item): string | null {
  if (item.state === "cannot-open") return t("Cannot be opened here");
  if (item.state === "damaged") return t("Changed on our disk");
  if (item.state === "pending") return null;
  if (!item.hasThumbnail && !item.hasPreview) return t("{kind}, no preview", { kind: kindName(item.kind) });
  return null;
}

export class Tile {
  readonly element = document.createElement("div");
  readonly #picture = document.createElement("img");
  readonly #plate = document.createElement("span");
  readonly #media: Pictured;
  #mark: HTMLSpanElement | null = null;
  #everyone: SVGSVGElement | null = null;
  #leaving = new AbortController();
  #handle: MediaHandle | null = null;
  #isPainted = false;
  #isPending = false;
  #version = 0;
  index = -1;
  id = "";

  constructor(media: Pictured) {
    this.#media = media;
    this.element.className = "tile";
    this.element.role = "option";
    this.element.tabIndex = -1;
    this.#picture.alt = "";
    this.#picture.draggable = false;
    this.#plate.className = "why";
    this.element.append(this.#picture);
  }

  /** Show a photo at its place. `isHurried` puts the picture off while the page flies past. */
  show(item: Item, index: number, setSize: number, isHurried: boolean): void {
    const isPending = item.state === "pending";
    const isSame = item.id === this.id && item.version === this.#version && isPending === this.#isPending && this.#isPainted && this.#plate.parentNode === null && plateWords(item) === null;
    this.index = index;
    this.element.ariaPosInSet = String(index + 1);
    this.element.ariaSetSize = String(setSize);
    this.element.ariaLabel = this.#label(item);
    this.element.ariaDisabled = isPending ? "true" : null;
    this.element.classList.toggle("pending", isPending);
    this.element.classList.toggle("turned", item.rotation % 180 !== 0);
    this.#picture.style.rotate = item.rotation === 0 ? "" : `${item.rotation}deg`;
    if (isSame) return;
    this.#leave();
    this.id = item.id;
    this.#version = item.version;
    this.#isPending = isPending;
    this.#paint(item, isHurried);
  }

  place({ left, top, width, height }: Box): void {
    const { style } = this.element;
    style.translate = `${left.toFixed(2)}px ${top.toFixed(2)}px`;
    style.width = `${width.toFixed(2)}px`;
    style.height = `${height.toFixed(2)}px`;
  }

  set isSelected(on: boolean) {
    this.element.ariaSelected = on ? "true" : "false";
  }

  /** Whose it is, where it is not one's own. To be set after each {@link Tile.show}. */
  set whose(name: string | null) {
    if (name === null) {
      this.#mark?.remove();
      return;
    }
    // Two letters for the eye; who listens is told the whole name by the label.
    this.#mark ??= Object.assign(document.createElement("span"), { className: "mark", ariaHidden: "true" });
    this.#mark.dataset["whose"] = initials(name);
    this.#mark.title = name;
    this.element.append(this.#mark);
    this.element.ariaLabel = t("{photo}. Shared with you by {name}", { photo: this.element.ariaLabel ?? "", name });
  }

  /** Whether everyone can see it. To be set after each {@link Tile.show}. */
  set isPublic(on: boolean) {
    this.#everyone?.remove();
    if (!on) return;
    this.#everyone ??= ringElement("public", "mark everyone");
    this.element.append(this.#everyone);
    this.element.ariaLabel = t("{photo}. Everyone can see it", { photo: this.element.ariaLabel ?? "" });
  }

  /** Give up what is still loading and let go of the picture. */
  clear(): void {
    this.#leave();
    this.id = "";
    this.index = -1;
  }

  #label(item: Item): string {
    const why = item.state === "pending" ? t("It is being uploaded") : plateWords(item);
    return why === null ? spokenName(item) : t("{name}. {why}", { name: spokenName(item), why });
  }

  #leave(): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#handle?.release();
    this.#handle = null;
    this.#picture.removeAttribute("src");
  }

  #paint(item: Item, isHurried: boolean): void {
    this.#isPainted = true;
    const why = plateWords(item);
    this.element.classList.toggle("damaged", why !== null && item.state !== "fine");
    this.element.classList.toggle("no-preview", why !== null && item.state === "fine");
    this.element.style.backgroundImage = "";
    if (why !== null) {
      this.#plate.textContent = why;
      this.#picture.replaceWith(this.#plate);
      return;
    }
    this.#plate.replaceWith(this.#picture);
    this.#picture.className = "soon";
    const { signal } = this.#leaving;
    if (item.rotation === 0) paintSoon(() => { this.#standIn(item); }, signal);
    if (item.state === "pending") return;
    void this.#load(item, signal, isHurried ? 120 : 0);
  }

  #standIn(item: Item): void {
    if (this.#picture.className === "") return;
    const url = this.#media.placeholder(item.id);
    if (url !== null) this.element.style.backgroundImage = `url("${url}")`;
  }

  async #load(item: Item, signal: AbortSignal, pause: number): Promise<void> {
    try {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      if (signal.aborted) return;
      const handle = await (item.hasThumbnail ? this.#media.thumbnail(item.id, { signal }) : this.#media.preview(item.id, { signal }));
      if (signal.aborted) {
        handle.release();
        return;
      }
      this.#handle = handle;
      this.#picture.src = handle.url;
      await this.#picture.decode();
      if (!signal.aborted) this.#picture.className = "";
    } catch {
      // The stand-in stays. A picture that is wanted again is asked for again.
      if (!signal.aborted) this.#isPainted = false;
    }
  }
}
