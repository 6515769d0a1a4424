/** Which statements this browser has seen, so that an older one is noticed. Numbers and ids, and no word of a photo. */
import { isRecord } from "../../api/shape.ts";
import { NEVER, type SeenStatement } from "./profile-words.ts";
import type { SeenNumbers } from "./statements.ts";

const placeOf = (accountId: string): string => `pv-publications-${accountId}`;
const profilePlaceOf = (accountId: string): string => `pv-profile-${accountId}`;

export function seenNumbers(accountId: string): SeenNumbers {
  const kept: unknown = parsed(localStorage.getItem(placeOf(accountId)));
  if (!isRecord(kept)) return {};
  return Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])));
}

export function rememberNumbers(accountId: string, numbers: SeenNumbers): void {
  localStorage.setItem(placeOf(accountId), JSON.stringify(numbers));
}

/** The newest word about its profile that this browser has seen signed. */
export function seenStatement(accountId: string): SeenStatement {
  const kept: unknown = parsed(localStorage.getItem(profilePlaceOf(accountId)));
  if (!isRecord(kept)) return NEVER;
  const { number, madeAt } = kept;
  return typeof number === "number" && Number.isSafeInteger(number) && typeof madeAt === "string" ? { number, madeAt } : NEVER;
}

export function rememberStatement(accountId: string, seen: SeenStatement): void {
  if (seen.madeAt !== "") localStorage.setItem(profilePlaceOf(accountId), JSON.stringify(seen));
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
