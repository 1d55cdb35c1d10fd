import { modelPromoted } from "@ratchet/contracts";
import { dropFiles } from "../../commands/drop.ts";
import { readChampion } from "../../model-records.ts";
import { followTurn } from "../../observe/turn.ts";
import { digitsCsv, withShuffledLabels } from "../../samples/digits.ts";
import type { Stage } from "../stage.ts";
import { accuracyOfEndpoint, parts } from "./first-champion.ts";

/** Chapter 3: data that makes the model worse. */
export async function shuffledLabels(
  stage: Stage,
  before: { readonly endpoint: string; readonly version: string },
): Promise<void> {
  const { progress, deployment, observer, observe } = stage;
  progress.heading("3  A drop of 1,200 digits whose labels were shuffled");
  const file = await stage.file(
    "digits-shuffled.csv",
    digitsCsv(withShuffledLabels(stage.digits.slice(...parts.shuffled))),
  );
  const drops = await dropFiles(deployment, "digits", [file], { now: new Date() });
  progress.done("dropped digits-shuffled.csv");
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
  observe(3, "the challenger was trained and judged", turn.ended.data.status === "completed", { version, decision });
  observe(
    3,
    "it was not deployed: the champion still answers",
    decision !== "promote" &&
      promotions.length === 0 &&
      pointer?.champion.version === before.version &&
      answered.version === before.version,
    { champion: pointer?.champion.version, answers: answered.version },
  );
  observe(
    3,
    "the verdict says why in words and numbers",
    reasons.some((reason) => /\d/.test(reason)),
    { reasons, ...comparison },
  );
}
