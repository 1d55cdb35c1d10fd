import { ratio, shortNumber } from "../../lib/format.ts";
import { table } from "../../lib/table.ts";
import type { Measured, Results, Size } from "./results.ts";

const megabytes = (bytes: number): string => `${shortNumber(bytes / 1024 ** 2)} MB`;
const perSecond = ({ records, seconds }: Measured): number => records / seconds;

function rowsOf({ rows, batches, measured }: Size): readonly (readonly string[])[] {
  const reading = measured.find(({ work }) => work === "read");
  return measured.map((one) => [
    `${rows.toLocaleString("en-US")} rows, ${batches.toLocaleString("en-US")} batches: ${one.work}`,
    shortNumber(one.seconds),
    shortNumber(one.cpuSeconds),
    shortNumber(perSecond(one)),
    reading ? ratio(perSecond(one) / perSecond(reading)) : "",
    megabytes(one.bytesAtRest),
    megabytes(one.peakBytes),
  ]);
}

/** The results as text. */
export const report = ({ sizes }: Results): string =>
  table(["work", "seconds", "of CPU", "records/s", "× reading", "at rest", "peak"], sizes.flatMap(rowsOf));
