import { verdict } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { html } from "./html.ts";
import { renderReport } from "./render-report.ts";
import type { Report, ReportedComparison } from "./report.ts";

const compared: ReportedComparison = {
  title: "accuracy",
  metric: "accuracy",
  challenger: 0.97,
  champion: 0.94,
  improvement: 0.03,
  lowerBound: 0.01,
  upperBound: 0.05,
  alpha: 0.05,
  rows: 612,
  method: "mcnemar-exact",
};

const report: Report = {
  title: "digits, version 7",
  decision: "promote",
  reasons: ["accuracy 0.97 against 0.94", "log-loss kept"],
  at: "2026-11-23T09:12:40.000Z",
  challenger: "version 7",
  champion: "version 6",
  rows: 612,
  model: [["file", "runs/model.onnx"]],
  evaluationData: [["rows", "612"]],
  trainingData: [["batches", "12"]],
  primary: compared,
  guardrails: [{ ...compared, title: "log-loss", margin: 0.01, held: true }],
  slices: [
    { ...compared, title: "pen is thick", improvement: -0.01, lowerBound: -0.04, upperBound: -0.001, held: false },
  ],
  limits: [{ words: "the model's file 3 MiB; gate.limits.size allows 1 MiB", held: false }],
  measured: [{ name: "brier", challenger: 0.05, champion: null }],
  details: verdict.example.details,
  method: { name: "mcnemar-exact", assumes: "Rows are independent of each other.", failsUnder: ["Never yet."] },
  policy: [["minEffect", "0"]],
  history: [{ version: "6", champion: "5", decision: "hold", reason: "too few rows", at: "2026-11-22T09:00:00.000Z" }],
};

/** What a page says, tags left out. */
const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

describe("a report", () => {
  test("says under the headings of a model card what was decided, by what, and what it rests on", () => {
    const page = renderReport(report);
    const headings = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);
    expect(headings).toEqual([
      "Model details",
      "Metrics",
      "Evaluation data",
      "Training data",
      "Factors",
      "Quantitative analyses",
      "Caveats, and how it was decided",
      "Judged before",
    ]);
    expect(textOf(page)).toContain("gate.limits.size allows 1 MiB: not kept");
    const text = textOf(page);
    for (const words of [
      "Promote version 7, against version 6, on 612 rows, 2026-11-23 09:12 UTC",
      "accuracy 0.97 against 0.94",
      "accuracy 0.97 0.94 +0.03",
      "log-loss may be worse by 0.01",
      "pen is thick 0.97 0.94 −0.01",
      "brier 0.05 –",
      "Compared by mcnemar-exact . Rows are independent of each other. Known to fail: Never yet.",
      "even 306 0.97 0.94 0.96 0.93",
      "6 5 Hold 2026-11-22 09:00 too few rows",
    ])
      expect(text).toContain(words);
  });

  test("needs nothing else: no script, and nothing from elsewhere", () => {
    const page = renderReport(report);
    expect(page).not.toMatch(/<script|<link|<img|src=|https?:|url\(/);
    expect(page).toContain("default-src 'none'");
  });

  test("has what others wrote as text, wherever it stands", () => {
    const hostile = `</style><script>alert("1")</script>&'`;
    const page = renderReport({
      ...report,
      title: hostile,
      reasons: [hostile],
      slices: [{ ...compared, title: hostile, note: hostile }],
      model: [[hostile, hostile]],
      details: {
        ...(report.details ?? { worst: [] }),
        classes: [{ ...(verdict.example.details?.classes?.[0] ?? expect.fail()), name: hostile }],
        worst: [
          { row: 1, values: { [hostile]: hostile }, label: hostile, challenger: hostile, champion: null, loss: 1 },
        ],
      },
    });
    expect(page).not.toContain("<script>");
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(textOf(page)).toContain("&lt;script&gt;alert(&quot;1&quot;)");
  });

  test("draws where the improvement is: better, worse or open", () => {
    const page = renderReport(report);
    expect(page).toMatch(/aria-label="\+0\.03, from \+0\.01 to \+0\.05"/);
    expect([...page.matchAll(/class="reach (\w+)"/g)].map(([, side]) => side)).toEqual(["better", "better", "worse"]);
    const open = renderReport({ ...report, primary: { ...compared, lowerBound: -0.01 }, guardrails: [], slices: [] });
    expect(open).toContain('class="reach open"');
  });

  test("of one that could not be scored says why, and draws nothing", () => {
    const { champion: _, ...rest } = report;
    const page = renderReport({
      ...rest,
      champion: null,
      decision: "reject",
      reasons: ["it fails on rows"],
      rows: 0,
      ...{ primary: undefined, guardrails: [], slices: [], measured: [], details: undefined, method: undefined },
      history: [],
    });
    const text = textOf(page);
    expect(text).toContain("Reject version 7, alone: there is no champion yet, on 0 rows");
    expect(text).toContain("Nothing was compared.");
    expect(page).not.toContain("<svg");
    expect(page).not.toContain("Judged before");
  });
});

test("text in HTML is escaped, and HTML is not escaped twice", () => {
  expect(html`<p title="${'"'}">${["<", html`<b>${"&"}</b>`, undefined, false, 1]}</p>`.html).toBe(
    '<p title="&quot;">&lt;<b>&amp;</b>1</p>',
  );
});
