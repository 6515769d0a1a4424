/** Sentences of the tree's own pages. The opener is one file in one language: it may be opened in thirty years. */
import type { ViewerWords } from "../export/viewer.ts";

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };

export function viewerWords(askedAt: string): ViewerWords {
  const day = new Date(askedAt).toLocaleDateString("en-GB", DAY);
  return {
    language: "en-GB",
    title: "Your photos",
    about: [
      `Everything you kept in your vault on ${day}, opened from its archive.`,
      "The photos stand in photos/, each as it came, with what you wrote about it beside it. What else was kept about you stands in account/ and shares/.",
      "manifest-sha256.txt, one folder up, has the digest of every file: any BagIt tool checks that all of it is here.",
    ],
    back: "All",
    older: "Next page",
    newer: "Page before",
    noPicture: "Browsers do not show this kind of file.",
    count: (photos) => (photos === 1 ? "1 photo" : `${photos.toLocaleString("en-GB")} photos`),
  };
}
