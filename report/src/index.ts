export { renderReport } from "./render-report.ts";
export type { Fact, FormerJudgement, Report, ReportedComparison } from "./report.ts";
