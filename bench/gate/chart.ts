import { breaksPromise } from "./report.ts";
import type { FalsePromotions, Results } from "./results.ts";
import { type Way, ways } from "./ways.ts";

const WIDTH = 1000;
const LEFT = 190;
const RIGHT = 40;
const HEAD = 118;
const LINE = 44;

/** Multiples of what is promised that are drawn; what is less stands at the left edge, what is more at the right. */
const [LEAST, MOST] = [0.1, 400];
const MARKS = [0.1, 0.3, 1, 3, 10, 30, 100, 300];

const colours: Readonly<Record<Way, string>> = {
  ratchet: "#0b6e99",
  bootstrap: "#e08e45",
  "t-test": "#8a63a8",
  point: "#a0a8b0",
};
const names: Readonly<Record<Way, string>> = {
  ratchet: "Ratchet",
  bootstrap: "bootstrap",
  "t-test": "paired t-test",
  point: "point estimate",
};

const round = (value: number): number => Math.round(value * 10) / 10;

const placeOf = (multiple: number): number => {
  const within = Math.min(MOST, Math.max(LEAST, multiple));
  const share = Math.log(within / LEAST) / Math.log(MOST / LEAST);
  return round(LEFT + share * (WIDTH - LEFT - RIGHT));
};

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${content}</text>`;

/** One dot for each case in which so many rows were compared; hollow where the method is known to fail. */
function dots(rates: readonly FalsePromotions[], way: Way, y: number): readonly string[] {
  return rates.flatMap((one) => {
    const rate = one.promoted[way];
    if (!rate || (way === "ratchet" && one.refused === rate.trials)) return [];
    const x = placeOf(rate.happened / rate.trials / one.alpha);
    const style =
      way === "ratchet" && one.known
        ? `fill="#ffffff" stroke="${colours[way]}" stroke-width="1.5"`
        : `fill="${colours[way]}" fill-opacity="0.55"`;
    return [`<circle cx="${x}" cy="${y}" r="3.6" ${style}/>`];
  });
}

/** How often what is no better is promoted, as a multiple of what is promised, by metric and way. */
export function chart({ rates }: Results): string {
  const metrics = [...new Set(rates.map(({ metric }) => metric))];
  const height = HEAD + metrics.length * LINE + 40;
  const cases = rates.filter(({ refused, promoted }) => refused !== promoted.ratchet?.trials);
  const beyond = rates.filter(breaksPromise(rates));
  const unknown = beyond.filter(({ known }) => !known).length;
  const bottom = HEAD + metrics.length * LINE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="#24292f">`,
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#ffffff"/>`,
    text(24, 34, "Promotions of challengers that are no better", 'font-size="18" font-weight="600"'),
    text(
      24,
      56,
      `as a multiple of what is promised; ${cases.length} cases of 30 to 100,000 rows, ${unknown} of them beyond it by more than chance (hollow: known to fail)`,
      'fill="#57606a"',
    ),
    ...ways.flatMap((way, index) => [
      `<circle cx="${LEFT + index * 150 + 5}" cy="80" r="5" fill="${colours[way]}"/>`,
      text(LEFT + index * 150 + 16, 84, names[way]),
    ]),
    ...MARKS.flatMap((mark) => [
      `<line x1="${placeOf(mark)}" x2="${placeOf(mark)}" y1="${HEAD - 8}" y2="${bottom}" stroke="${mark === 1 ? "#24292f" : "#e3e6ea"}"/>`,
      text(placeOf(mark), bottom + 20, mark === 1 ? "as promised" : `${mark}×`, 'text-anchor="middle" fill="#57606a"'),
    ]),
    ...metrics.flatMap((metric, line) => {
      const top = HEAD + line * LINE;
      const own = rates.filter((one) => one.metric === metric);
      return [
        text(LEFT - 14, top + 20, metric, 'text-anchor="end"'),
        ...ways.flatMap((way, index) => dots(own, way, top + 4 + index * 9)),
      ];
    }),
    "</svg>",
    "",
  ].join("\n");
}
