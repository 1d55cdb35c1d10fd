import { type Html, html } from "./html.ts";
import { count, short, signed } from "./numbers.ts";
import { calibrationPicture } from "./pictures/calibration.ts";
import { confusionMatrix } from "./pictures/confusion.ts";
import { errorsPicture } from "./pictures/errors.ts";
import { interval, reachOf } from "./pictures/intervals.ts";
import type { Fact, Report, ReportedComparison } from "./report.ts";
import { style } from "./style.ts";

const said = { promote: "Promote", hold: "Hold", reject: "Reject" } as const;

const facts = (list: readonly Fact[]): Html =>
  html`<dl>${list.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

const number = (value: number | null): Html => html`<td class="number">${value === null ? "–" : short(value)}</td>`;

function heldIn({ held }: ReportedComparison): string {
  if (held === undefined) return "";
  return held ? "kept" : "not kept";
}

function comparisons(list: readonly ReportedComparison[]): Html {
  const rows = list.map((one) => {
    const { title, challenger, champion, improvement, rows: judged, note, margin } = one;
    // Metrics have units of their own; of one, all have one scale.
    const reach = reachOf(list.filter(({ metric }) => metric === one.metric));
    const asked = !margin ? undefined : html`<br><span class="soft">may be worse by ${short(margin)}</span>`;
    const noted = note === undefined ? undefined : html`<br><span class="soft">${note}</span>`;
    return html`<tr><td>${title}${noted}${asked}</td>${number(challenger)}${number(champion)}<td class="number">${improvement === null ? "–" : signed(improvement)}</td><td>${interval(one, reach)}</td><td class="number">${count(judged)}</td><td>${heldIn(one)}</td></tr>`;
  });
  return html`<div class="scroll"><table><thead><tr><th></th><th class="number"><span class="key challenger">challenger</span></th><th class="number"><span class="key champion">champion</span></th><th class="number">better by</th><th>worse | better</th><th class="number">rows</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function metrics({ primary, guardrails, measured }: Report): Html {
  const compared = [...(primary ? [primary] : []), ...guardrails];
  const others = measured.map(
    ({ name, challenger, champion }) => html`<tr><td>${name}</td>${number(challenger)}${number(champion)}</tr>`,
  );
  const table = html`<h3>Measured beside</h3><div class="scroll"><table><thead><tr><th></th><th class="number">challenger</th><th class="number">champion</th></tr></thead><tbody>${others}</tbody></table></div>`;
  return html`<h2>Metrics</h2>${compared.length > 0 ? comparisons(compared) : html`<p>Nothing was compared.</p>`}${measured.length > 0 ? table : undefined}`;
}

function limits({ limits: limited }: Report): Html | undefined {
  if (limited.length === 0) return undefined;
  const lines = limited.map(({ words, held }) => html`<li>${words}: ${held ? "kept" : html`<b>not kept</b>`}</li>`);
  return html`<h3>What it costs</h3><ul>${lines}</ul>`;
}

function classTable({ details }: Report): Html | undefined {
  if (!details?.classes || details.classes.length === 0) return undefined;
  const rows = details.classes.map(
    ({ name, rows: judged, challenger, champion }) =>
      html`<tr><td>${name}</td><td class="number">${count(judged)}</td>${number(challenger.precision)}${number(champion?.precision ?? null)}${number(challenger.recall)}${number(champion?.recall ?? null)}${number(challenger.f1)}${number(champion?.f1 ?? null)}</tr>`,
  );
  return html`<h3>By class</h3><div class="scroll"><table><thead><tr><th>class</th><th class="number">rows</th><th class="number">precision</th><th class="number">champion's</th><th class="number">recall</th><th class="number">champion's</th><th class="number">F1</th><th class="number">champion's</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function pictures({ details }: Report): Html | undefined {
  if (!details) return undefined;
  const { classes = [], confusion, calibration, errors } = details;
  const names = classes.map(({ name }) => name);
  const matrices = confusion
    ? html`${confusionMatrix(names, confusion.challenger, "The challenger: what is, down; what it says, across")}${confusion.champion ? confusionMatrix(names, confusion.champion, "The champion") : undefined}`
    : undefined;
  return html`${matrices}${calibration ? calibrationPicture(calibration.challenger, calibration.champion) : undefined}${errors ? errorsPicture(errors.challenger, errors.champion) : undefined}`;
}

function worstRows({ details }: Report): Html | undefined {
  if (!details || details.worst.length === 0) return undefined;
  const rows = details.worst.map(
    ({ row, values, label, challenger, champion, loss }) =>
      html`<tr><td class="number">${count(row)}</td><td>${label}</td><td>${challenger}</td><td>${champion ?? "–"}</td>${number(loss)}<td class="soft">${Object.entries(
        values,
      )
        .map(([name, value]) => `${name} ${value}`)
        .join(", ")}</td></tr>`,
  );
  return html`<h3>Where the challenger is furthest off</h3><div class="scroll"><table><thead><tr><th class="number">row</th><th>is</th><th>challenger says</th><th>champion says</th><th class="number">loss</th><th>its values</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function analyses(report: Report): Html {
  const { slices } = report;
  const factors =
    slices.length > 0
      ? comparisons(slices)
      : html`<p class="soft">No groups of rows were looked at apart: <code>gate.slices</code> names them.</p>`;
  return html`<h2>Factors</h2>${factors}<h2>Quantitative analyses</h2>${classTable(report)}${pictures(report)}${worstRows(report)}`;
}

function caveats({ method, policy }: Report): Html {
  const told = method
    ? html`<p>Compared by <b>${method.name}</b>. ${method.assumes}</p>${method.failsUnder.map((one) => html`<p>Known to fail: ${one}</p>`)}`
    : html`<p>Nothing was tested.</p>`;
  return html`<h2>Caveats, and how it was decided</h2>${told}${policy.length > 0 ? html`<h3>Policy</h3>${facts(policy)}` : undefined}`;
}

function history({ history: former }: Report): Html | undefined {
  if (former.length === 0) return undefined;
  const rows = former.map(
    ({ version, champion, decision, reason, at }) =>
      html`<tr><td>${version}</td><td>${champion ?? "–"}</td><td>${said[decision]}</td><td>${at.slice(0, 16).replace("T", " ")}</td><td>${reason}</td></tr>`,
  );
  return html`<h2>Judged before</h2><div class="scroll"><table><thead><tr><th>version</th><th>against</th><th></th><th>UTC</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** A report as one page of HTML that needs nothing else. */
export function renderReport(report: Report): string {
  const { title, decision, reasons, at, challenger, champion, rows } = report;
  const against = champion === null ? "alone: there is no champion yet" : `against ${champion}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}: ${said[decision]}</title>
<style>${{ html: style }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p><span class="decision ${decision}">${said[decision]}</span> <span class="soft">${challenger}, ${against}, on ${count(rows)} rows, ${at.slice(0, 16).replace("T", " ")} UTC</span></p>
<div class="reasons">${reasons.map((reason) => html`<p>${reason}</p>`)}</div>
<h2>Model details</h2>${facts(report.model)}
${metrics(report)}${limits(report)}
<h2>Evaluation data</h2>${facts(report.evaluationData)}
<h2>Training data</h2>${facts(report.trainingData)}
${analyses(report)}
${caveats(report)}
${history(report)}
</main>
</body>
</html>
`;
  return page.html;
}
