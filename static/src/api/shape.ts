/** Reading values of unknown shape, such as answers from the network and opened documents. */

export type UnknownRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is UnknownRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const record = (value: unknown): UnknownRecord => (isRecord(value) ? value : {});
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown, otherwise = ""): string => (typeof value === "string" ? value : otherwise);
export const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
export const texts = (value: unknown): readonly string[] => list(value).filter((each) => typeof each === "string");
export const isTrue = (value: unknown): boolean => value === true;

/** A finite number, or `otherwise`. */
export const numberOr = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isFinite(value) ? value : otherwise;
