/** A library of any size in the real timeline: how long it is laid out, and how it scrolls. */
import { daySections } from "../../static/src/ui/library/grid/sections.ts";
import { Timeline } from "../../static/src/ui/library/grid/timeline.ts";
import { justify } from "../../static/src/ui/library/layout.ts";
import { Selection } from "../../static/src/ui/library/selection.ts";
import { MergedView } from "../../static/src/vault/library/merged-view.ts";
import type { Media } from "../../static/src/vault/library/media.ts";
import type { Item, View } from "../../static/src/vault/library/view.ts";
import { interleaved, type Samples } from "./rounds.ts";

interface Options {
  readonly photos: number;
  readonly rounds: number;
  readonly frames: number;
}

interface Scrolled {
  /** Milliseconds from one frame to the next. */
  readonly frames: number[];
  /** The most nodes the timeline had at once. */
  readonly nodes: number;
}

const HEIGHTS = { month: 84, day: 44 };
const SPEEDS = { calm: 60, fast: 4_000 };
/** For so many of one's own, one photo of somebody else's. */
const SHARE = 10;
const DAY_MS = 86_400_000;
const NEWEST = Date.UTC(2026, 10, 1);
const RATIOS = [3 / 2, 2 / 3, 4 / 3, 3 / 4, 16 / 9, 1];
const PICTURE = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"><rect width="3" height="2" fill="teal"/></svg>')}`;

/** So many photos over some years, more on some days than on others. */
class Photos implements View {
  readonly times: Float64Array;
  readonly ratios: Float32Array;

  /** `sparse` is by how many times fewer they are in the same years. */
  constructor(readonly count: number, sparse = 1) {
    let time = NEWEST;
    this.times = Float64Array.from({ length: count }, (_, index) => (time -= sparse * (index % 37 === 0 ? DAY_MS : 90_000)));
    this.ratios = Float32Array.from({ length: count }, (_, index) => RATIOS[(index * 7) % RATIOS.length] ?? 1);
  }

  idAt(index: number): string {
    return String(index);
  }

  indexOf(id: string): number {
    return id === "" ? -1 : Number(id);
  }

  itemAt(index: number): Item {
    const ratio = this.ratios[index] ?? 1;
    return {
      id: this.idAt(index), name: `IMG_${index}.jpg`, title: "", altText: "", kind: "jpeg", mediaType: "image/jpeg", camera: "",
      time: this.times[index] ?? 0, isTimeKnown: true, storedAt: 0, width: 3000 * ratio, height: 3000, ratio, rotation: 0,
      bytes: 4_000_000, thumbhash: null, hasThumbnail: true, hasPreview: true, isFavourite: false, isArchived: false,
      binnedAt: null, purgeAt: null, place: null, albums: [], rating: 0, state: "fine",
    };
  }
}

/** Pictures that are at hand at once: what is measured is the timeline. */
const media = {
  placeholder: () => PICTURE,
  thumbnail: () => Promise.resolve({ url: PICTURE, mediaType: "image/svg+xml", bytes: PICTURE.length, release: () => undefined }),
} as unknown as Media;

const nextFrame = (): Promise<number> => new Promise((resolve) => { requestAnimationFrame(resolve); });

async function scrollBy(step: number, frames: number, element: Element): Promise<Scrolled> {
  const taken: number[] = [];
  let nodes = 0;
  let before = await nextFrame();
  for (let frame = 0; frame < frames; frame += 1) {
    window.scrollBy({ top: step, behavior: "instant" });
    const now = await nextFrame();
    taken.push(now - before);
    before = now;
    nodes = Math.max(nodes, element.querySelectorAll("*").length + 1);
  }
  return { frames: taken, nodes };
}

/** The app's own frame, so that the grid is as wide as it is there. */
function frameOfApp(): Element {
  const [shell, side, content, main] = [["div", "shell"], ["aside", "side"], ["div", "content"], ["main", ""]].map(([name = "", className = ""]) =>
    Object.assign(document.createElement(name), { className }),
  );
  content?.append(main ?? "");
  shell?.append(side ?? "", content ?? "");
  document.body.append(shell ?? "");
  return main ?? document.body;
}

/** One pass that writes the four numbers of every photo, and decides nothing. */
function pass({ ratios }: Photos): void {
  const columns = [new Float64Array(ratios.length), new Float64Array(ratios.length), new Float32Array(ratios.length), new Float32Array(ratios.length)] as const;
  ratios.forEach((ratio, index) => {
    columns[0][index] = index;
    columns[1][index] = index;
    columns[2][index] = ratio * 184;
    columns[3][index] = 184;
  });
  if (!(columns[2][0] ?? 0)) throw new Error("nothing was written");
}

async function measure({ photos, rounds, frames }: Options): Promise<{ times: Samples; scrolls: Record<string, Scrolled>; idle: number[] }> {
  const view = new Photos(photos);
  const others = new Photos(photos / SHARE, SHARE);
  const options = { width: innerWidth - 80, rowHeight: 184, gap: 4 };
  const timeline = new Timeline({
    media, selection: new Selection(), label: "Photos", headings: () => "days", onOpen: () => undefined, onDelete: () => undefined,
  });
  const idle = (await scrollBy(0, frames, document.body)).frames;
  frameOfApp().append(timeline.element);
  await nextFrame();
  const times = await interleaved(rounds, {
    layout: () => { justify(view.ratios, daySections(view.times, HEIGHTS), options); },
    others: () => {
      const both = new MergedView(view, others);
      justify(both.ratios, daySections(both.times, HEIGHTS), options);
    },
    show: () => { timeline.show(view); },
    pass: () => { pass(view); },
  });
  const scrolls: Record<string, Scrolled> = {};
  for (const [name, step] of Object.entries(SPEEDS)) scrolls[name] = await scrollBy(step, frames, timeline.element);
  timeline.end();
  timeline.element.remove();
  return { times, scrolls, idle };
}

Object.assign(globalThis, { measure });
