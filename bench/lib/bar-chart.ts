/** One group of bars that share a scale of their own, since works differ by orders of magnitude. */
export interface BarGroup {
  readonly label: string;
  readonly note: string;
  readonly bars: readonly { readonly series: number; readonly value: number; readonly text: string }[];
}

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  /** Names of the series in the order of their colours. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
}

const WIDTH = 1000;
const LABELS = 370;
const NOTES = 90;
const BAR = 16;
const GAP = 18;
const HEAD = 96;
const COLOURS = ["#0b6e99", "#e08e45", "#7a8b99"];

/** Horizontal bars as an SVG picture that reads on a light and on a dark page. */
export const barChart = (chart: BarChart): string => {
  const parts: string[] = [];
  let y = HEAD;
  for (const group of chart.groups) {
    const height = group.bars.length * BAR;
    const most = Math.max(...group.bars.map(({ value }) => value));
    parts.push(text(LABELS - 12, y + height / 2 + 4, group.label, 'text-anchor="end"'));
    parts.push(text(WIDTH - 16, y + height / 2 + 4, group.note, 'text-anchor="end" font-weight="600"'));
    group.bars.forEach((bar, index) => {
      const length = Math.max(1, (bar.value / most) * (WIDTH - LABELS - NOTES - 110));
      const top = y + index * BAR;
      parts.push(
        `<rect x="${LABELS}" y="${top}" width="${round(length)}" height="${BAR - 2}" rx="2" fill="${colour(bar.series)}"/>`,
      );
      parts.push(text(LABELS + length + 6, top + 11, bar.text, 'font-size="11" fill="#57606a"'));
    });
    y += height + GAP;
  }
  const height = y + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="#24292f">`,
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#ffffff"/>`,
    text(24, 34, chart.title, 'font-size="18" font-weight="600"'),
    text(24, 56, chart.subtitle, 'fill="#57606a"'),
    ...legend(chart.series),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
};

const legend = (series: readonly string[]): readonly string[] =>
  series.flatMap((name, index) => {
    const x = LABELS + index * 150;
    return [`<rect x="${x}" y="68" width="12" height="12" rx="2" fill="${colour(index)}"/>`, text(x + 18, 78, name)];
  });

const colour = (series: number): string => COLOURS[series % COLOURS.length] ?? "#000000";

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeXml(content)}</text>`;

const round = (value: number): number => Math.round(value * 10) / 10;

const escapeXml = (content: string): string =>
  content.replace(/[&<>]/gu, (character) => `&#${character.charCodeAt(0)};`);
