import { readFile } from "node:fs/promises";
import { dataQuarantined, dataWithdrawn, trainingStarted } from "@ratchet/contracts";
import { dropFiles } from "../../commands/drop.ts";
import { modelStanding } from "../../commands/status.ts";
import { patience } from "../../observe/patience.ts";
import { digitsCsv, withShuffledLabels } from "../../samples/digits.ts";
import type { Stage } from "../stage.ts";
import { parts } from "./first-champion.ts";

/** Chapter 3: data that stands out is kept in quarantine, until an operator has looked at it and withdraws it. */
export async function shuffledLabels(stage: Stage, champion: string): Promise<void> {
  const { progress, deployment, observer, observe } = stage;
  progress.heading("3  A drop of 1,200 digits whose labels were shuffled");
  const before = await modelStanding(deployment, "digits");
  const runsBefore = observer.all(trainingStarted).length;
  const shuffled = withShuffledLabels(stage.digits.slice(...parts.shuffled));
  const file = await stage.file("digits-shuffled.csv", digitsCsv(shuffled));
  const [drop] = await dropFiles(deployment, "digits", [file], { now: new Date() });
  progress.doing("dropped digits-shuffled.csv; it is compared with what was admitted before");
  const { data } = await observer.waitFor(dataQuarantined, (event) => event.data.file === drop?.path, patience.soon);
  const { batch, suspicion } = data;
  const [first] = suspicion.findings;
  const kinds = suspicion.findings.map(({ kind }) => kind);
  progress.done(`in quarantine as batch ${batch}: ${suspicion.summary}`);
  observe(
    3,
    "it is in quarantine, with why in words and numbers",
    ["label-fit", "champion-score"].every((kind) => kinds.includes(kind)) &&
      suspicion.findings.every(({ sentence, probability: p }) => /\d/.test(sentence) && p < suspicion.compared.alpha),
    { ...first, found: suspicion.found, ...suspicion.compared },
  );

  const picture = await stage.file("evidence.svg", "");
  const shown = (await stage.ratchet("batches", "show", "digits", batch, "--picture", picture)) as {
    readonly state: string;
  };
  const drawn = await readFile(picture, "utf8");
  observe(3, "an operator is shown and drawn the evidence", shown.state === "quarantined" && drawn.startsWith("<svg"), {
    state: shown.state,
  });

  await stage.ratchet("batches", "withdraw", "digits", batch, "--reason", "the labels were shuffled");
  await observer.waitFor(dataWithdrawn, (event) => event.data.batch === batch, patience.soon);
  progress.done("withdrawn, with the reason: the labels were shuffled");
  const after = await modelStanding(deployment, "digits");
  const runs = observer.all(trainingStarted).length - runsBefore;
  const undisturbed =
    runs === 0 &&
    after?.batches === before?.batches &&
    after?.waiting === 0 &&
    after?.quarantined === 0 &&
    after?.champion?.version === champion;
  observe(3, "nothing was trained on it, before or after it was withdrawn", undisturbed && after?.withdrawn === 1, {
    batches: after?.batches,
    withdrawn: after?.withdrawn,
    champion: after?.champion?.version,
    runs,
  });
}
