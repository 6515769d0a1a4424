/** A QR code as one path: no image, no canvas, nothing to be blocked. */
import { svg, html, type TemplateResult } from "lit";
import { encode } from "uqr";

const BORDER = 1;

/** `text` as a QR code; `label` says what it is to those who cannot see it. */
export function qrCode(text: string, label: string): TemplateResult {
  const { data, size } = encode(text, { border: BORDER, ecc: "M" });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${String(x)} ${String(y)}h1v1h-1z`] : [])));
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${label} shape-rendering="crispEdges">
    ${svg`<path d=${squares.join("")}></path>`}
  </svg>`;
}
