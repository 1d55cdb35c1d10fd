import { type DataRefused, dataRefused, trainingStarted } from "@ratchet/contracts";
import { dropFiles } from "../../commands/drop.ts";
import { modelStanding } from "../../commands/status.ts";
import { patience } from "../../observe/patience.ts";
import { digitsCsv } from "../../samples/digits.ts";
import type { Stage } from "../stage.ts";
import { parts } from "./first-champion.ts";

interface BadFile {
  readonly name: string;
  readonly content: string;
  readonly code: DataRefused["data"]["code"];
  readonly row?: number;
  readonly column?: string;
}

function badFiles(stage: Stage): readonly BadFile[] {
  const good = digitsCsv(stage.digits.slice(8000, 8020)).split("\n");
  const ragged = good.map((line, index) => (index === 8 ? `${line},1,2,3` : line)).join("\n");
  const wordForNumber = good
    .map((line, index) => (index === 5 ? line.split(",").with(302, "two hundred").join(",") : line))
    .join("\n");
  return [
    { name: "malformed.csv", content: ragged, code: "malformed", row: 9 },
    { name: "wrong-schema.csv", content: wordForNumber, code: "schema-mismatch", row: 6, column: "pixel301" },
    { name: "empty.csv", content: "", code: "empty-file" },
    { name: "dropped-twice.csv", content: digitsCsv(stage.digits.slice(...parts.first)), code: "already-admitted" },
  ];
}

/** Chapter 5: files that are refused or recognised at the door. */
export async function refusals(stage: Stage, champion: string): Promise<void> {
  const { progress, deployment, observer, observe } = stage;
  progress.heading("5  A malformed file, a wrong schema, an empty file, a file dropped twice");
  const before = await modelStanding(deployment, "digits");
  const runsBefore = observer.all(trainingStarted).length;
  for (const { name, content, code, row, column } of badFiles(stage)) {
    const file = await stage.file(name, content);
    const [drop] = await dropFiles(deployment, "digits", [file], { now: new Date() });
    if (!drop) continue;
    progress.doing(`dropped ${name}`);
    const { data } = await observer.waitFor(dataRefused, (event) => event.data.file === drop.path, patience.soon);
    const place = [data.row ? `line ${data.row}` : "", data.column ? `column ${data.column}` : ""]
      .filter(Boolean)
      .join(", ");
    progress.done(`${name}: ${data.code}${place ? ` at ${place}` : ""}: ${data.reason}`);
    const right =
      data.code === code &&
      data.reason.length > 0 &&
      (row === undefined || data.row === row) &&
      (column === undefined || data.column === column);
    observe(5, `${name} was refused with a reason that names its place`, right, { ...data });
  }
  const after = await modelStanding(deployment, "digits");
  const undisturbed =
    after?.batches === before?.batches && after?.waiting === 0 && after?.champion?.version === champion;
  const runs = observer.all(trainingStarted).length - runsBefore;
  observe(5, "nothing else was disturbed", undisturbed && runs === 0, {
    batches: after?.batches,
    champion: after?.champion?.version,
    runs,
  });
}
