/** What stands in a field of ours. */
import { PasswordField } from "../account/password-field.ts";

export function valueOf(within: HTMLElement, selector: string): string {
  const found = within.querySelector(selector);
  if (found instanceof PasswordField || found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement) return found.value;
  return found?.querySelector<HTMLInputElement | HTMLTextAreaElement>("input:not([type='file']), textarea")?.value ?? "";
}
