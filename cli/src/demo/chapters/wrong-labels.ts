import { modelPromoted } from "@ratchet/contracts";
import { dropFiles } from "../../commands/drop.ts";
import { readChampion } from "../../model-records.ts";
import { followTurn } from "../../observe/turn.ts";
import { digitsCsv, withSomeWrongLabels } from "../../samples/digits.ts";
import type { Stage } from "../stage.ts";
import { accuracyOfEndpoint, parts } from "./first-champion.ts";

/** Chapter 4: data that is a little wrong, as no comparison of rows can tell: it gets in, and its model does not get out. */
export async function wrongLabels(
  stage: Stage,
  before: { readonly endpoint: string; readonly version: string },
): Promise<void> {
  const { progress, deployment, observer, observe } = stage;
  progress.heading("4  A drop of 1,200 digits of which every twentieth has a wrong label");
  const wrong = withSomeWrongLabels(stage.digits.slice(...parts.wrong), 20);
  const file = await stage.file("digits-wrong.csv", digitsCsv(wrong));
  const drops = await dropFiles(deployment, "digits", [file], { now: new Date() });
  progress.done("dropped digits-wrong.csv");
  const turn = await followTurn(
    stage,
    "digits",
    drops.map(({ path }) => path),
  );
  const { decision, reasons, version, comparison } = turn.judged.data;
  const pointer = await readChampion(deployment, "digits");
  const answered = await accuracyOfEndpoint(stage, before.endpoint);
  const promotions = observer
    .all(modelPromoted)
    .filter(({ data }) => data.model === "digits" && data.version === version);
  observe(
    4,
    "it was admitted, and the challenger was trained and judged",
    turn.admitted.length === 1 && turn.ended.data.status === "completed",
    { version, decision },
  );
  observe(
    4,
    "it was not deployed: the champion still answers",
    decision !== "promote" &&
      promotions.length === 0 &&
      pointer?.champion.version === before.version &&
      answered.version === before.version,
    { champion: pointer?.champion.version, answers: answered.version },
  );
  observe(
    4,
    "the verdict says why in words and numbers",
    reasons.some((reason) => /\d/.test(reason)),
    { reasons, ...comparison },
  );
}
