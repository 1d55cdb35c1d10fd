export { fileRows, type Row } from "./check/file-rows.ts";
export { checkSize, type Inspection, inspectFile } from "./check/inspect-file.ts";
export { FileFault, reasonOf } from "./file-fault.ts";
export { type OpenedFile, openRecords } from "./open-records.ts";
export { type FileFormat, formatNames } from "./recognise.ts";
