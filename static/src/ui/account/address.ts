/** Whether a text could be an e-mail address. Only the mail that arrives proves it. */
export function looksLikeAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[^\s@]+@localhost$/u.test(text);
}
