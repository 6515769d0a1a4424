/**
 * Who signed this page: checked here, by what the browser brings along, and told in a line at its end. What was altered is
 * told at its top. Nothing of it is kept: a page that remembered whose profiles somebody looked at would be a diary.
 */
import { fetchStatement, fetchStatements, fetchWords, type SignedPhotos } from "../../api/public.ts";
import { numberText } from "../format.ts";
import { iconElement } from "../icons.ts";
import { t, tn } from "../text.ts";
import { pause } from "./asking.ts";
import { verdictOf, type ShownPhoto, type ShownWords, type Verdict } from "./checking.ts";

/** The photographs come first. */
const AFTER_SECONDS = 0.4;

export interface SignedPage {
  readonly profile: string;
  readonly frames: readonly HTMLElement[];
  /** The page of one photo, which stands alone on it. */
  readonly isAlone: boolean;
}

/** Check all that the page says, and tell. Answers what came out of it; null when nothing could be checked. */
export async function tellWhoSigned({ profile, frames, isAlone }: SignedPage): Promise<Verdict | null> {
  const place = document.querySelector<HTMLElement>("#signed");
  if (place === null) return null;
  const number = Number(new URLSearchParams(location.search).get("page") ?? 1);
  const photos = frames.map((frame) => (isAlone ? photoAlone(frame) : photoOf(frame)));
  const words = wordsOf(profile, isAlone);
  await pause(AFTER_SECONDS);
  const [said, about] = await Promise.all([fetchWords(profile), isAlone ? fetchStatement(profile, photos[0]?.id ?? "") : fetchStatements(profile, number)]);
  const verdict = said === null || about === null ? null : await verdictOf({ words, photos, isAlone }, said, await withCover(profile, words.cover, about), Date.now());
  const name = words.shownName;
  if (verdict === null) show(place, line("info", t("Who signed this page could not be checked just now.")));
  else if (verdict.words === null) show(place, line("info", t("This browser cannot check signatures. The key told for {name} is", { name }), verdict.fingerprint), meaning(profile, name, null));
  else tell(place, verdict, photos, profile, name);
  return verdict;
}

function tell(place: HTMLElement, verdict: Verdict, photos: readonly ShownPhoto[], profile: string, name: string): void {
  const standings = photos.map(({ id }) => verdict.photos.get(id));
  const altered = standings.filter((each) => each === "altered").length;
  if (verdict.words === "altered" || verdict.places === "altered" || altered > 0) {
    doubt(verdict, altered, name);
    show(place, line("info", t("The key told for {name} is", { name }), verdict.fingerprint), meaning(profile, name, verdict));
    return;
  }
  const isChanging = verdict.words === "changing" || verdict.places === "changing" || standings.includes("changing");
  const signed = standings.filter((each) => each === "signed").length;
  const sentence = isChanging
    ? t("{name} changed something here a moment ago. Load the page again to have it checked. Key:", { name })
    : verdict.words === "unsigned" ? t("The photos' words are signed by {name}'s key, those of the page not yet.", { name }) : signedSentence(signed, photos.length, name);
  show(place, line(isChanging ? "info" : "check", sentence, verdict.fingerprint), meaning(profile, name, verdict));
}

function signedSentence(signed: number, all: number, name: string): string {
  if (signed === all) return t("Signed by {name}'s key · fingerprint", { name });
  return tn("Signed by {name}'s key, with {signed} of {n} photo · fingerprint", "Signed by {name}'s key, with {signed} of {n} photos · fingerprint", all, { name, signed: numberText(signed) });
}

function doubt(verdict: Verdict, photos: number, name: string): void {
  const note = element("p", "note problem");
  const words: string[] = [];
  if (verdict.words === "altered") words.push(t("What this page says is not what {name} signed.", { name }));
  if (verdict.places === "altered") words.push(t("Photos do not stand here where {name} put them.", { name }));
  if (photos > 0) words.push(tn("What is said of {n} photo here is not what {name} signed.", "What is said of {n} photos here is not what {name} signed.", photos, { name }));
  words.push(t("The service, or somebody in it, changed it."));
  const said = element("span", "");
  said.textContent = words.join(" ");
  note.append(iconElement("warning"), said);
  document.querySelector("#doubt")?.replaceChildren(note);
}

function line(drawing: string, sentence: string, fingerprint = ""): HTMLElement {
  const made = element("p", "signed-line");
  const said = element("span", "");
  said.textContent = sentence;
  made.append(iconElement(drawing), said);
  if (fingerprint !== "") {
    const key = element("span", "mono");
    key.textContent = fingerprint;
    key.setAttribute("aria-label", t("Fingerprint {key}", { key: fingerprint }));
    key.role = "text";
    made.append(key);
  }
  return made;
}

/** `verdict` is null where nothing was checked. */
function meaning(profile: string, name: string, verdict: Verdict | null): HTMLElement {
  const made = element("details", "quiet");
  const summary = element("summary", "");
  summary.textContent = t("What this means");
  const sentences = [
    ...(verdict === null ? [] : [t("Your browser checked who signed the words of this page, its headings, what is said of each photo and where it stands. The pictures themselves, made smaller by this service, carry no signature. What is not shown at all is not missed.")]),
    ...(verdict?.places === "unsigned" ? [t("Where some of these photos stand is not signed yet.")] : []),
    t("The key comes from the same service as the page, so whoever controls the service could show another key. To be sure, ask {name} for the fingerprint by another way. Nothing of this is kept in your browser.", { name }),
  ];
  made.append(summary, ...sentences.map((sentence) => { const said = element("p", ""); said.textContent = sentence; return said; }));
  const link = element("a", "text-link");
  link.href = `/u/${profile}/statement`;
  link.textContent = t("The signed statement, to check it elsewhere");
  made.append(link);
  return made;
}

function show(place: HTMLElement, ...parts: readonly HTMLElement[]): void {
  place.replaceChildren(...parts);
  place.hidden = false;
}

function wordsOf(name: string, isAlone: boolean): ShownWords {
  const headings = [...document.querySelectorAll<HTMLElement>("section[data-album]")].map((each) => ({ id: each.dataset["album"] ?? "", title: textOf("h2", each) }));
  return { name, shownName: textOf("#shown-name"), bio: isAlone ? null : textOf("#bio"), licence: textOf("#licence"), headings, cover: document.querySelector<HTMLElement>("#photos")?.dataset["cover"] ?? null };
}

/** A cover that stands on another page of the profile has a statement of its own. */
async function withCover(profile: string, cover: string | null, about: SignedPhotos): Promise<SignedPhotos> {
  if (cover === null || Object.hasOwn(about.photos, cover)) return about;
  const alone = await fetchStatement(profile, cover);
  return alone === null || alone.identityKey !== about.identityKey ? about : { ...about, photos: { ...about.photos, ...alone.photos } };
}

function photoOf(tile: HTMLElement): ShownPhoto {
  const { photo = "", caption = "", creator = "", licence = "" } = tile.dataset;
  return { id: photo, caption, creator, licence, album: tile.closest<HTMLElement>("section[data-album]")?.dataset["album"] ?? null };
}

/** Whose name stands there once is not said twice. */
function photoAlone(frame: HTMLElement): ShownPhoto {
  const [creator, owner] = [textOf("#creator"), textOf("#shown-name")];
  return { id: frame.dataset["photo"] ?? "", caption: textOf("#caption"), creator: creator === "" && frame.dataset["creator"] === owner ? owner : creator, licence: textOf("#photo-licence"), album: null };
}

function textOf(selector: string, within: ParentNode = document): string {
  return within.querySelector(selector)?.textContent ?? "";
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, classes: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = classes;
  return made;
}
