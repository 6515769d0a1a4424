/** Text that any encoder takes. */

/** Halves of characters, which no file name and no document can hold, as the mark for what cannot be read. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd");
