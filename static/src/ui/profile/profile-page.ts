/**
 * The page at `/u/NAME`, and that of one photo. Both are whole without this: it only makes blurred
 * photos sharp, and looks who signed the words. A browser that says it is driven by a program stays with the blurred ones.
 */
import { t } from "../text.ts";
import { watchForGestures } from "./asking.ts";
import { SharpGrid } from "./grid.ts";
import { showLarge } from "./large.ts";
import type { Verdict } from "./checking.ts";
import { takePass } from "./passing.ts";
import { tellWhoSigned } from "./signed.ts";
import { ProfileViewer } from "./viewer.ts";

const COPIED_MILLISECONDS = 2_000;
let verdict: Verdict | null = null;
const place = document.querySelector<HTMLElement>("#photos");
if (place !== null) {
  watchForGestures();
  offerCopy();
  void checkWords(place, place.dataset["profile"] ?? "");
  if (!navigator.webdriver) void arrive(place, place.dataset["profile"] ?? "");
}

/** Words are free for everybody, programs included, and so is looking who signed them. */
async function checkWords(place: HTMLElement, profile: string): Promise<void> {
  const alone = place.querySelector<HTMLElement>("div.shot[data-photo]");
  const frames = alone === null ? [...place.querySelectorAll<HTMLElement>("a.shot[data-photo]")] : [alone];
  verdict = await tellWhoSigned({ profile, frames, isAlone: alone !== null });
}

async function arrive(place: HTMLElement, profile: string): Promise<void> {
  const rests = document.querySelector<HTMLElement>("#rests");
  if (await takePass(profile)) {
    rests?.replaceChildren(t("You look with your account: large pictures are shown, one every two seconds."));
    rests?.classList.remove("warn");
  }
  begin(place, profile);
}

function begin(place: HTMLElement, profile: string): void {
  const tiles = [...place.querySelectorAll<HTMLAnchorElement>("a.shot[data-photo]")];
  const alone = place.querySelector<HTMLElement>("div.shot[data-photo]");
  if (alone !== null) showAlone(profile, alone);
  if (tiles.length === 0) return;
  new SharpGrid(profile, tiles);
  const viewer = new ProfileViewer(profile, tiles, (photo) => verdict?.photos.get(photo) ?? null);
  place.addEventListener("click", (event) => {
    const tile = (event.target as Element).closest<HTMLAnchorElement>("a.shot[data-photo]");
    if (tile === null || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    viewer.open(tile);
  });
}

function showAlone(profile: string, frame: HTMLElement): void {
  void showLarge({ profile, photos: [frame.dataset["photo"] ?? ""], frame, isWanted: () => frame.isConnected, say: () => undefined });
}

function offerCopy(): void {
  const button = document.querySelector<HTMLButtonElement>("#copy");
  const words = button?.querySelector("span");
  if (button === null || words === null || words === undefined) return;
  button.hidden = false;
  const before = words.textContent;
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(location.origin + location.pathname).then(
      () => {
        words.textContent = t("Link copied");
        setTimeout(() => {
          words.textContent = before;
        }, COPIED_MILLISECONDS);
      },
      () => undefined,
    );
  });
}
