export { fileRows, type Row } from "./check/file-rows.ts";
export { checkSize, type Inspection, inspectFile } from "./check/inspect-file.ts";
export { FileFault, reasonOf } from "./file-fault.ts";
export { csvLine } from "./stored/stored-rows.ts";
export type { ColumnSummary } from "./summary/column-summary.ts";
export { type FileSummary, summariseFile } from "./summary/summarise-file.ts";
