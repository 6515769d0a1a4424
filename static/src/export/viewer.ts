/**
 * `README.html` and the pages behind it: the exported photos, to look at without us, without a network and
 * without a single script. The policy in each page forbids everything but the pictures beside it.
 */
import { wellFormed } from "./spelling.ts";

/** Sentences of the pages, in the language of whoever exports. */
export interface ViewerWords {
  readonly language: string;
  readonly title: string;
  /** What this folder is and what else stands in it. */
  readonly about: readonly string[];
  readonly back: string;
  readonly older: string;
  readonly newer: string;
  /** For a picture that browsers do not show. */
  readonly noPicture: string;
  /** "128 photos". */
  count(photos: number): string;
}

export interface ViewerPhoto {
  /** Path inside `data/`, with "/". */
  readonly path: string;
  /** Path inside `data/` of what a browser can show: the photo itself or a copy; null for none. */
  readonly picture: string | null;
  readonly caption: string;
  readonly altText: string;
  /** As it is to be read; "" for none. */
  readonly day: string;
}

export interface ViewerSection {
  readonly name: string;
  readonly description: string;
  readonly photos: readonly ViewerPhoto[];
}

export interface ViewerPage {
  /** Path inside `data/`. */
  readonly path: string;
  readonly text: string;
}

export const ON_ONE_PAGE = 500;
const START = "README.html";
const FOLDER = "viewer";

const STYLE = `
:root { color-scheme: light dark; --bg: light-dark(#fafbfb, #121516); --text: light-dark(#1c2124, #eceff0); --quiet: light-dark(#545e64, #a9b3b8); --line: light-dark(#dde1e3, #343b3f); --sunken: light-dark(#f0f2f3, #23292c); --accent: light-dark(#0c5f72, #8fd0df); }
* { box-sizing: border-box; margin: 0; }
body { background: var(--bg); color: var(--text); font: 15px/1.5 Figtree, system-ui, sans-serif; padding: 32px max(16px, calc((100% - 1200px) / 2)) 64px; }
h1 { font-size: 28px; font-weight: 600; letter-spacing: -0.02em; line-height: 1.2; }
p { color: var(--quiet); max-width: 60ch; margin-top: 8px; }
a { color: var(--accent); }
nav { display: flex; gap: 16px; flex-wrap: wrap; margin: 24px 0; }
.sections, .photos { list-style: none; padding: 0; margin-top: 24px; display: grid; gap: 24px 12px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr)); }
.sections a, .photos a { color: inherit; text-decoration: none; display: block; }
.sections strong, figcaption strong { display: block; font-weight: 500; overflow-wrap: anywhere; }
.sections span, figcaption span { color: var(--quiet); font-size: 13px; }
.photos img, .sections img, .none { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 2px; background: var(--sunken); margin-bottom: 8px; }
.none { display: grid; place-items: center; text-align: center; padding: 16px; color: var(--quiet); font-size: 13px; border: 1px solid var(--line); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => wellFormed(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
const addressOf = (path: string, from: string): string => escaped(from + path.split("/").map(encodeURIComponent).join("/"));

async function policy(): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE)));
  return `default-src 'none'; img-src 'self' file:; style-src 'sha256-${btoa(String.fromCharCode(...digest))}'; base-uri 'none'; form-action 'none'`;
}

const shellOf = (rule: string, words: ViewerWords, title: string, body: string): string => `<!doctype html>
<html lang="${escaped(words.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(rule)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, noai, noimageai">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;

function pictureOf({ picture, altText, caption }: ViewerPhoto, from: string, words: ViewerWords): string {
  if (picture === null) return `<span class="none">${escaped(words.noPicture)}</span>`;
  return `<img loading="lazy" decoding="async" src="${addressOf(picture, from)}" alt="${escaped(altText === "" ? caption : altText)}">`;
}

function figureOf(photo: ViewerPhoto, words: ViewerWords): string {
  const day = photo.day === "" ? "" : `<span>${escaped(photo.day)}</span>`;
  return `<li><figure><a href="${addressOf(photo.path, "../")}">${pictureOf(photo, "../", words)}<figcaption><strong>${escaped(photo.caption)}</strong>${day}</figcaption></a></figure></li>`;
}

function sectionLink(section: ViewerSection, path: string, words: ViewerWords): string {
  const cover = section.photos.find(({ picture }) => picture !== null) ?? section.photos[0];
  const picture = cover === undefined ? "" : pictureOf(cover, "", words);
  return `<li><a href="${addressOf(path, "")}">${picture}<strong>${escaped(section.name)}</strong><span>${escaped(words.count(section.photos.length))}</span></a></li>`;
}

const pathOf = (section: number, page: number): string => `${FOLDER}/${String(section + 1).padStart(4, "0")}-${page + 1}.html`;

/** Every page, one after the other, the start first. */
export async function* viewerPages(sections: readonly ViewerSection[], words: ViewerWords): AsyncGenerator<ViewerPage> {
  const rule = await policy();
  const links = sections.map((section, index) => sectionLink(section, pathOf(index, 0), words)).join("\n");
  const about = words.about.map((sentence) => `<p>${escaped(sentence)}</p>`).join("\n");
  yield { path: START, text: shellOf(rule, words, words.title, `<h1>${escaped(words.title)}</h1>\n${about}\n<ul class="sections">\n${links}\n</ul>`) };
  for (const [index, section] of sections.entries()) {
    const pages = Math.max(1, Math.ceil(section.photos.length / ON_ONE_PAGE));
    for (let page = 0; page < pages; page += 1) {
      yield { path: pathOf(index, page), text: shellOf(rule, words, section.name, pageOf(section, { index, page, pages }, words)) };
    }
  }
}

interface Position {
  readonly index: number;
  readonly page: number;
  readonly pages: number;
}

function pageOf(section: ViewerSection, { index, page, pages }: Position, words: ViewerWords): string {
  const photos = section.photos.slice(page * ON_ONE_PAGE, (page + 1) * ON_ONE_PAGE);
  const to = (target: number, label: string): string =>
    target < 0 || target >= pages ? "" : `<a href="${addressOf(pathOf(index, target), "../")}">${escaped(label)}</a>`;
  const ways = `<nav><a href="../${START}">${escaped(words.back)}</a>${to(page - 1, words.newer)}${to(page + 1, words.older)}</nav>`;
  const description = section.description === "" ? "" : `<p>${escaped(section.description)}</p>`;
  const figures = photos.map((photo) => figureOf(photo, words)).join("\n");
  return `<h1>${escaped(section.name)}</h1>\n${description}\n${ways}\n<ul class="photos">\n${figures}\n</ul>\n${ways}`;
}

/** What every browser shows of itself. */
const SHOWN = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);
export const isShownByBrowsers = (mediaType: string): boolean => SHOWN.has(mediaType);
