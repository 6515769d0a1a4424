/** An address that, where it has to, breaks before its "@" and not within a name. */
import { html, type TemplateResult } from "lit";

export function addressText(email: string): TemplateResult {
  const at = email.lastIndexOf("@");
  return at < 1 ? html`${email}` : html`${email.slice(0, at)}<wbr />${email.slice(at)}`;
}
