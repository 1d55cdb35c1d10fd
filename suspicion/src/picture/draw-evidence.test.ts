import type { Evidence, Finding } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { drawEvidence } from "./draw-evidence.ts";
import { lines } from "./svg.ts";

const finding = (column: string, bars: Finding["bars"]): Finding => ({
  kind: "distribution",
  column,
  sentence: `${column} is spread otherwise than before.`,
  probability: 1e-9,
  effect: 1,
  limit: 0.25,
  bars,
});

const evidence = (findings: readonly Finding[], more: Partial<Evidence> = {}): Evidence => ({
  standsOut: findings.length > 0,
  findings,
  found: findings.length,
  compared: { rows: 300, rowsBefore: 3000, columns: 785, tests: 1200, alpha: 0.01 },
  tooFew: false,
  summary: "Too few rows to tell: 20, and 3000 before; 50 of each are needed.",
  ...more,
});

const bars = [
  { label: "1 to 2", batch: 0.25, before: 0.5 },
  { label: "3 to 4", batch: 0.75, before: 0.5 },
];

/** The widths of all bars of a panel, as they are drawn. */
const widths = (svg: string): readonly number[] =>
  [...svg.matchAll(/<rect [^>]*width="([\d.]+)" height="9"/gu)].map(([, width]) => Number(width));

describe("a picture of evidence", () => {
  test("draws each bar in proportion to the longest of its finding", () => {
    const [before = 0, batch = 0, beforeOfNext = 0, batchOfNext = 0] = widths(
      drawEvidence("b", evidence([finding("x", bars)])),
    );
    expect(before).toBeCloseTo(2 * batch, 0);
    expect(batchOfNext).toBeCloseTo(3 * batch, 0);
    expect(beforeOfNext).toBe(before);
  });

  test("says what was found, what was compared, and what chance would do", () => {
    const svg = drawEvidence("Batch 3f1c of digits", evidence([finding("x", bars)]));
    expect(svg).toContain("Batch 3f1c of digits: stands out");
    expect(svg).toContain("x is spread otherwise than before.");
    expect(svg).toContain("1,200 comparisons of 785 columns, 300 rows with 3,000 before");
    expect(svg).toContain("at most 1.0\u00a0% stand out by");
  });

  test("draws six findings at most, the bars that changed most of them, and tells of the others", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ label: `v${index}`, batch: index / 1000, before: 0 }));
    const svg = drawEvidence("b", evidence(Array.from({ length: 9 }, (_, index) => finding(`c${index}`, many))));
    expect(widths(svg)).toHaveLength(6 * 12 * 2);
    expect(svg).toContain(">v39<");
    expect(svg).not.toContain(">v27<");
    expect(svg).toContain("3 more findings are not drawn.");
  });

  test("shows that nothing stands out, and that there are too few rows", () => {
    expect(drawEvidence("b", evidence([]))).toContain("b: nothing stands out");
    const few = drawEvidence("b", evidence([], { tooFew: true }));
    expect(few).toContain("b: too few rows to tell");
    expect(few).toContain("Too few rows to tell: 20,");
    expect(widths(few)).toEqual([]);
  });

  test("holds names that mean something in SVG, and does not let them", () => {
    const svg = drawEvidence("<b>", evidence([finding('a<"&', [{ label: "<script>", batch: 1, before: 0 }])]));
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("<b>");
    expect(svg).toContain("a&#60;&#34;&#38; is spread");
  });
});

test("lines are no longer than they may be, but for longer words, and keep a number with its sign", () => {
  expect(lines("a bb ccc dddd eeeeeeeeee f", 6)).toEqual(["a bb", "ccc", "dddd", "eeeeeeeeee", "f"]);
  expect(lines("has 12.0 % of", 9)).toEqual(["has", "12.0\u00a0% of"]);
});
