/** Which statements this browser has seen, so that an older one is noticed. Numbers and ids, and no word of a photo. */
import { isRecord } from "../../api/shape.ts";
import type { SeenNumbers } from "./statements.ts";

const placeOf = (accountId: string): string => `pv-publications-${accountId}`;

export function seenNumbers(accountId: string): SeenNumbers {
  const kept: unknown = parsed(localStorage.getItem(placeOf(accountId)));
  if (!isRecord(kept)) return {};
  return Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])));
}

export function rememberNumbers(accountId: string, numbers: SeenNumbers): void {
  localStorage.setItem(placeOf(accountId), JSON.stringify(numbers));
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
