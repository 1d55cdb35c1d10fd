import type { Bar, Evidence, Finding } from "@ratchet/contracts";
import { percent, shown } from "../compare/words.ts";
import { bar, colours, lines, rounded, text } from "./svg.ts";

const width = 1000;
const margin = 24;
const gap = 32;
const panelWidth = (width - 2 * margin - gap) / 2;
const labels = 150;
const numbers = 58;
const thickness = 9;
const row = 2 * thickness + 8;
const line = 18;
const head = 96;
const mostPanels = 6;
const mostBars = 12;

interface Panel {
  readonly height: number;
  draw(x: number, y: number): readonly string[];
}

/** Where there are too many bars, those that changed most, in their order. */
function bars({ bars: all }: Finding): readonly Bar[] {
  const change = ({ batch, before }: Bar): number => Math.abs(batch - before);
  const kept = new Set([...all].sort((a, b) => change(b) - change(a)).slice(0, mostBars));
  return all.filter((one) => kept.has(one));
}

function panelOf(finding: Finding): Panel {
  const said = lines(finding.sentence, 66);
  const drawn = bars(finding);
  const longest = Math.max(...drawn.flatMap(({ batch, before }) => [batch, before]), 1e-9);
  const top = said.length * line + 8;

  function barsAt(x: number, y: number, { label, batch, before }: Bar): readonly string[] {
    const pair = [
      [before, colours.before],
      [batch, colours.batch],
    ] as const;
    return [
      text(x + labels - 10, y + thickness + 4, shown(label), `text-anchor="end" font-size="12"`),
      ...pair.flatMap(([value, colour], index) => {
        const length = Math.max(1, (value / longest) * (panelWidth - labels - numbers));
        const at = y + index * (thickness + 1);
        return [
          bar(x + labels, at, length, thickness, colour),
          text(x + labels + length + 5, at + thickness - 0.5, percent(value), `font-size="10" fill="${colours.quiet}"`),
        ];
      }),
    ];
  }

  return {
    height: top + drawn.length * row + gap,
    draw: (x, y) => [
      ...said.map((words, index) => text(x, y + index * line, words)),
      ...drawn.flatMap((one, index) => barsAt(x, y + top - 6 + index * row, one)),
    ],
  };
}

/** Panels in two columns, each where there is more room. */
function placed(panels: readonly Panel[]): { readonly parts: readonly string[]; readonly bottom: number } {
  const ends: [number, number] = [head, head];
  const parts: string[] = [];
  for (const panel of panels) {
    const column = ends[0] <= ends[1] ? 0 : 1;
    parts.push(...panel.draw(margin + column * (panelWidth + gap), ends[column] + line));
    ends[column] += panel.height;
  }
  return { parts, bottom: Math.max(...ends) };
}

const legend = ["before", "batch"] as const;
const legendWords = { before: "all rows before", batch: "this batch" } as const;

function verdictOf({ tooFew, found }: Evidence): string {
  if (tooFew) return "too few rows to tell";
  return found === 0 ? "nothing stands out" : "stands out";
}

function footOf({ compared: { tests, columns, rows, rowsBefore, alpha }, tooFew, found, summary }: Evidence): string {
  if (tooFew) return summary;
  const count = (value: number): string => value.toLocaleString("en-US");
  const what = `${count(tests)} comparisons of ${count(columns)} columns, ${count(rows)} rows with ${count(rowsBefore)} before`;
  const more = found > mostPanels ? `; ${count(found - mostPanels)} more findings are not drawn` : "";
  return `${what}; of batches like those before, at most ${percent(alpha)} stand out by chance${more}.`;
}

/**
 * What stands out in a batch as an SVG picture, the heaviest first, that reads on a light and on a dark page.
 * @param title names the batch.
 */
export function drawEvidence(title: string, evidence: Evidence): string {
  const { parts, bottom } = placed(evidence.findings.slice(0, mostPanels).map(panelOf));
  const foot = lines(footOf(evidence), 120);
  const height = rounded(bottom + 22 + foot.length * line);
  const heading = `${title}: ${verdictOf(evidence)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="${colours.ink}">`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.paper}" stroke="${colours.rim}"/>`,
    text(margin, 38, heading, 'font-size="18" font-weight="600"'),
    ...(evidence.found === 0
      ? []
      : legend.flatMap((name, index) => [
          bar(margin + index * 150, 58, 12, 12, colours[name]),
          text(margin + index * 150 + 18, 68, legendWords[name]),
        ])),
    ...parts,
    ...foot.map((words, index) =>
      text(margin, bottom + 20 + index * line, words, `font-size="12" fill="${colours.quiet}"`),
    ),
    "</svg>",
    "",
  ].join("\n");
}
