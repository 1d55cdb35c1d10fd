import type { CalibrationBin } from "@ratchet/contracts";
import { type Html, html } from "../html.ts";
import { count, short } from "../numbers.ts";

const size = 220;
const edge = 44;
const place = (value: number): number => Number((value * size).toFixed(1));

const path = (bins: readonly CalibrationBin[]): string =>
  bins
    .map(({ said, right }, index) => `${index === 0 ? "M" : "L"}${edge + place(said)} ${size - place(right) + 8}`)
    .join(" ");

function curve(bins: readonly CalibrationBin[], whose: string): Html {
  const most = Math.max(...bins.map(({ rows }) => rows));
  const points = bins.map(({ said, right, rows }) => {
    const words = `${whose}: of ${count(rows)} rows said with ${short(100 * said)} % on average, ${short(100 * right)} % are right`;
    const radius = (2 + 4 * Math.sqrt(rows / most)).toFixed(1);
    return html`<circle class="${whose}" cx="${edge + place(said)}" cy="${size - place(right) + 8}" r="${radius}"><title>${words}</title></circle>`;
  });
  return html`<path class="line ${whose}" d="${path(bins)}"/>${points}`;
}

const ticks = [0, 0.5, 1].map(
  (tick) =>
    html`<text class="tick" x="${edge + place(tick)}" y="${size + 24}" text-anchor="middle">${100 * tick} %</text><text class="tick" x="${edge - 6}" y="${size - place(tick) + 12}" text-anchor="end">${100 * tick} %</text>`,
);

/** How sure models are of what they say, across, and how often they are right then, up: on the diagonal as sure as they may be. */
export function calibrationPicture(
  challenger: readonly CalibrationBin[],
  champion: readonly CalibrationBin[] | null,
): Html {
  const [width, height] = [size + edge + 14, size + 32];
  return html`<figure><figcaption>How sure, and how often right</figcaption><svg class="calibration" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Calibration: the share of rows that are right by the probability with which they are said"><line class="zero" x1="${edge}" y1="${size + 8}" x2="${edge + size}" y2="8"/><rect class="frame" x="${edge}" y="8" width="${size}" height="${size}"/>${ticks}${champion && champion.length > 0 ? curve(champion, "champion") : undefined}${challenger.length > 0 ? curve(challenger, "challenger") : undefined}</svg></figure>`;
}
