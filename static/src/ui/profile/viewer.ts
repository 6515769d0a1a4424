/** One photo of a profile on a black stage. A native dialog: Esc, focus trap and return come with it. */
import { colourSystemBar, VIEWER_COLOUR } from "../../vault/theme.ts";
import { iconElement } from "../icons.ts";
import { t } from "../text.ts";
import type { Standing } from "./checking.ts";
import { showLarge } from "./large.ts";

const SWIPE_PIXELS = 48;

/** What a viewer shows: the tiles of the page, in their order. */
export class ProfileViewer {
  private readonly dialog = element("dialog", "viewing");
  private readonly where = element("p", "where num");
  private readonly frame = element("div", "viewing-frame");
  private readonly words = element("div", "viewing-words");
  private readonly report = element("a", "btn icon-only");
  private readonly previous = this.button(t("Previous photo"), "previous", "step prev", () => this.step(-1));
  private readonly next = this.button(t("Next photo"), "next", "step next", () => this.step(1));
  private current = -1;
  private swipedFrom: number | null = null;

  constructor(
    private readonly profile: string,
    private readonly tiles: readonly HTMLAnchorElement[],
    /** Whether its owner signed what is said of a photo; null before that is known. */
    private readonly standing: (photo: string) => Standing | null,
  ) {
    const bar = element("div", "viewing-bar");
    const close = this.button(t("Close"), "close", "", () => this.close());
    this.report.append(iconElement("report"));
    this.report.setAttribute("aria-label", t("Report"));
    this.report.title = t("Report");
    bar.append(this.where, this.report, close);
    this.words.setAttribute("aria-live", "polite");
    this.dialog.append(bar, this.frame, this.words);
    this.dialog.addEventListener("close", () => colourSystemBar(null));
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.frame.addEventListener("pointerdown", (event) => {
      this.swipedFrom = event.clientX;
    });
    this.frame.addEventListener("pointerup", (event) => this.swipe(event));
    addEventListener("popstate", () => this.follow());
    document.body.append(this.dialog);
  }

  /** Show a photo of the page; the address follows, so that it can be passed on. */
  open(tile: HTMLAnchorElement): void {
    history.pushState(null, "", tile.href);
    this.show(this.tiles.indexOf(tile));
  }

  private show(index: number): void {
    const tile = this.tiles[index];
    if (tile === undefined) return;
    this.current = index;
    if (!this.dialog.open) this.dialog.showModal();
    colourSystemBar(VIEWER_COLOUR);
    this.describe(tile, index);
    const photo = element("div", "viewing-photo");
    photo.style.setProperty("--ratio", String(Number(tile.dataset["width"]) / Math.max(1, Number(tile.dataset["height"]))));
    const small = tile.querySelectorAll("img");
    const best = [...small].findLast((each) => each.complete);
    if (best !== undefined) photo.append(copyOf(best, tile));
    this.frame.replaceChildren(photo, this.previous, this.next);
    this.previous.disabled = index === 0;
    this.next.disabled = index === this.tiles.length - 1;
    const photos = [index, index + 1, index - 1].flatMap((each) => this.tiles[each]?.dataset["photo"] ?? []);
    void showLarge({ profile: this.profile, photos, frame: photo, isWanted: () => this.dialog.open && photo.isConnected, say: (why) => this.say(why) });
  }

  private describe(tile: HTMLAnchorElement, index: number): void {
    const { caption = "", creator = "", licence = "", photo = "" } = tile.dataset;
    this.where.textContent = t("{n} of {total}", { n: index + 1, total: this.tiles.length });
    this.report.href = `/u/${this.profile}/report?photo=${photo}`;
    const isSigned = this.standing(photo) === "signed" ? t("Signed by its owner") : "";
    const isDoubted = this.standing(photo) === "altered" ? t("Not what its owner signed") : "";
    const terms = [creator, licence, t("Not for training any model"), isSigned, isDoubted].filter((each) => each !== "").join(" · ");
    this.words.replaceChildren(line("caption", caption), line("terms", terms), line("soon", ""));
    this.dialog.setAttribute("aria-label", caption === "" ? t("Photo without a caption") : caption);
  }

  private say(why: "" | "soon" | "guarded"): void {
    const sentences = {
      "": "",
      soon: t("One moment: this photo becomes sharp soon."),
      guarded: t("Somebody is copying this profile, so its large pictures rest for some minutes."),
    };
    this.words.lastElementChild?.replaceChildren(sentences[why], ...(why === "guarded" ? [" ", this.wayIn()] : []));
  }

  /** For somebody with an account; the vault leads back here. */
  private wayIn(): HTMLAnchorElement {
    const link = element("a", "text-link");
    link.href = document.querySelector<HTMLElement>("#photos")?.dataset["visit"] ?? "";
    link.textContent = t("I have a PocketVault account");
    return link;
  }

  private step(by: number): void {
    const tile = this.tiles[this.current + by];
    if (tile === undefined) return;
    history.replaceState(null, "", tile.href);
    this.show(this.current + by);
  }

  private press(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.step(by);
  }

  private swipe(event: PointerEvent): void {
    const moved = event.clientX - (this.swipedFrom ?? event.clientX);
    this.swipedFrom = null;
    if (event.pointerType === "touch" && Math.abs(moved) > SWIPE_PIXELS) this.step(moved < 0 ? 1 : -1);
  }

  private close(): void {
    history.back();
  }

  /** The address changed by going back or forward. */
  private follow(): void {
    const index = this.tiles.findIndex((tile) => tile.pathname === location.pathname);
    if (index !== -1) {
      this.show(index);
      return;
    }
    const tile = this.tiles[this.current];
    this.dialog.close();
    this.frame.replaceChildren();
    tile?.focus();
  }

  private button(name: string, drawing: string, classes: string, act: () => void): HTMLButtonElement {
    const made = element("button", `btn icon-only ${classes}`);
    made.type = "button";
    made.setAttribute("aria-label", name);
    made.title = name;
    made.append(iconElement(drawing));
    made.addEventListener("click", act);
    return made;
  }
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, classes: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = classes;
  return made;
}

function line(classes: string, text: string): HTMLParagraphElement {
  const made = element("p", classes);
  made.textContent = text;
  return made;
}

/** What the grid shows of a photo stands in until the large picture is there. */
function copyOf(small: HTMLImageElement, tile: HTMLAnchorElement): HTMLImageElement {
  const copy = element("img", "blurred");
  copy.src = small.currentSrc;
  copy.alt = tile.querySelector("img")?.alt ?? "";
  copy.draggable = false;
  return copy;
}
