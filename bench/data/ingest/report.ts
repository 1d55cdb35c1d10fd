import { ratio, shortNumber } from "../../lib/format.ts";
import { table } from "../../lib/table.ts";
import type { FileResult, Results } from "./results.ts";

const megabytes = (bytes: number): string => shortNumber(bytes / 1024 ** 2);

function rowsOf(file: FileResult): readonly (readonly string[])[] {
  const ours = file.measured.find(({ tool }) => tool === "ratchet");
  return file.measured.map((one) => [
    `${file.table} ${file.format}, ${megabytes(file.csvBytes)} MB as CSV: ${one.tool}`,
    shortNumber(one.seconds),
    shortNumber(one.cpuSeconds),
    megabytes(file.csvBytes / one.cpuSeconds),
    ours && one !== ours ? ratio(one.cpuSeconds / ours.cpuSeconds) : "",
    megabytes(one.peakBytes),
    ours && one !== ours ? ratio(ours.peakBytes / one.peakBytes) : "",
  ]);
}

/** The results as text. */
export const report = ({ files, skipped }: Results): string =>
  [
    table(
      ["who", "seconds", "of CPU", "MB/s of CPU", "ours / theirs", "MB at most", "ours / theirs"],
      files.flatMap(rowsOf),
    ),
    ...skipped.map((what) => `Not measured: ${what}`),
  ].join("\n\n");
