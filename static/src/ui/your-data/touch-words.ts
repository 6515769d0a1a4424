/** Who came to photos, in words. */
import type { Touch } from "../../api/types.ts";
import { t, tn } from "../text.ts";

/** Lines of one class and purpose, all days together. */
export interface Sum {
  readonly who: Touch["who"];
  readonly title: string;
  readonly count: number;
  /** The newest day, ISO 8601. */
  readonly lastOn: string;
}

/** @translated */
const CLASSES: Readonly<Record<Touch["who"], string>> = {
  owner: "Your own devices",
  recipient: "People you share with",
  link: "Whoever has a link",
  public: "The public",
  worker: "Our service itself",
};
const ICONS: Readonly<Record<Touch["who"], string>> = { owner: "device", recipient: "people", link: "share", public: "everyone", worker: "settings" };

export const className = (who: Touch["who"]): string => t(CLASSES[who]);
export const classIcon = (who: Touch["who"]): string => ICONS[who];
export const timesText = (count: number): string => tn("{n} time", "{n} times", count);

/** One line per class and purpose: others first, then those of the house. */
export function summed(touches: readonly Touch[]): readonly Sum[] {
  const found = new Map<string, Sum>();
  for (const { who, purpose, title, day, count } of touches) {
    const before = found.get(`${who} ${purpose}`);
    const lastOn = before === undefined || day > before.lastOn ? day : before.lastOn;
    found.set(`${who} ${purpose}`, { who, title, count: count + (before?.count ?? 0), lastOn });
  }
  const order: readonly string[] = ["public", "link", "recipient", "owner", "worker"];
  return [...found.values()].sort((a, b) => order.indexOf(a.who) - order.indexOf(b.who) || b.count - a.count);
}
