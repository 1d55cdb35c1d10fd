import type { ErrorSpread } from "@ratchet/contracts";
import { type Html, html } from "../html.ts";
import { short } from "../numbers.ts";

const width = 460;
const height = 160;

function steps({ histogram: { rows } }: ErrorSpread, most: number): string {
  const step = width / rows.length;
  const parts = rows.map((number, index) => {
    const y = (height - (number / most) * (height - 10)).toFixed(1);
    return `L${(index * step).toFixed(1)} ${y} L${((index + 1) * step).toFixed(1)} ${y}`;
  });
  return `M0 ${height} ${parts.join(" ")} L${width} ${height}`;
}

/** How the errors of both models are spread: said less than is so to the left, more to the right. */
export function errorsPicture(challenger: ErrorSpread, champion: ErrorSpread | null): Html {
  const { from, to } = challenger.histogram;
  const most = Math.max(1, ...challenger.histogram.rows, ...(champion?.histogram.rows ?? []));
  const zero = ((0 - from) / (to - from || 1)) * width;
  const middle =
    zero >= 0 && zero <= width
      ? html`<line class="zero" x1="${zero.toFixed(1)}" x2="${zero.toFixed(1)}" y1="0" y2="${height}"/>`
      : undefined;
  const other = champion ? html`<path class="champion" d="${steps(champion, most)}"/>` : undefined;
  return html`<figure><figcaption>Errors: what is said minus what is so</figcaption><svg class="errors" viewBox="0 0 ${width} ${height + 20}" width="${width}" height="${height + 20}" role="img" aria-label="How errors are spread, from ${short(from)} to ${short(to)}">${other}<path class="challenger" d="${steps(challenger, most)}"/>${middle}<text class="tick" x="0" y="${height + 15}">${short(from)}</text><text class="tick" x="${width}" y="${height + 15}" text-anchor="end">${short(to)}</text></svg></figure>`;
}
