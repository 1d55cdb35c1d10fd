import { betterModel } from "./chapters/better-model.ts";
import { firstChampion } from "./chapters/first-champion.ts";
import { refusals } from "./chapters/refusals.ts";
import { replay } from "./chapters/replay.ts";
import { shuffledLabels } from "./chapters/shuffled-labels.ts";
import { subscribers } from "./chapters/subscribers.ts";
import { wrongLabels } from "./chapters/wrong-labels.ts";
import type { Stage } from "./stage.ts";
import type { Summary } from "./summary.ts";

/** Plays the main job, chapter by chapter. A chapter that breaks off ends the story; what was seen so far is kept. */
export async function playStory(stage: Stage, observations: Summary["observations"]): Promise<Summary> {
  const begun = performance.now();
  const times: Summary["times"][number][] = [];
  let brokeOff: string | undefined;
  try {
    const first = await firstChampion(stage);
    times.push({ promotion: `digits ${first.version}`, ...first.split });
    const second = await betterModel(stage, first);
    times.push({ promotion: `digits ${second.version}`, ...second.split });
    const champion = { endpoint: first.endpoint, version: second.version };
    await shuffledLabels(stage, champion.version);
    await wrongLabels(stage, champion);
    await refusals(stage, champion.version);
    await replay(stage);
    await subscribers(stage);
  } catch (error) {
    brokeOff = error instanceof Error ? error.message : String(error);
    stage.progress.failed(brokeOff);
  }
  const observed = brokeOff === undefined && observations.length > 0 && observations.every((one) => one.observed);
  return {
    observed,
    observations,
    times,
    milliseconds: Math.round(performance.now() - begun),
    ...(brokeOff === undefined ? {} : { brokeOff }),
  };
}
