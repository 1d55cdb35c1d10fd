export { isKeptBack, tellsDecisionAlone, withoutNumbers } from "./of-verdict/kept-back.ts";
export { reportOfVerdict } from "./of-verdict/report-of-verdict.ts";
export { policyFacts, reported } from "./of-verdict/reported.ts";
export { renderReport } from "./render-report.ts";
export type { Fact, Report } from "./report.ts";
