import { dropFiles } from "../../commands/drop.ts";
import { infer } from "../../inference.ts";
import { patience } from "../../observe/patience.ts";
import { followTurn } from "../../observe/turn.ts";
import { days } from "../../samples/weather.ts";
import type { Stage } from "../stage.ts";

interface ListedLetter {
  readonly queue: string;
  readonly sequenceNumber: string;
  readonly reason: string;
}

const months = 12;

/** Chapter 7: drops for a model that nobody has applied fail, are listed, mended, and replayed. */
export async function replay(stage: Stage): Promise<void> {
  const { progress, deployment, observer, observe } = stage;
  progress.heading("7  A year of weather is dropped before its model is applied: dead letters, mended and replayed");
  const files = await Promise.all(
    stage.weather.slice(0, months).map(({ month, csv }) => stage.file(`weather-${month}.csv`, csv)),
  );
  const drops = await dropFiles(deployment, "weather", files, { now: new Date() });
  progress.doing("waiting for the dead letters");
  const letters = await observer.until(
    `${months} dead letters`,
    async () => {
      const listed = (await stage.ratchet("dead-letters", "data-dropped")) as readonly ListedLetter[];
      return listed.length >= months ? listed : undefined;
    },
    patience.soon,
  );
  const reason = letters[0]?.reason ?? "";
  progress.done(`ratchet dead-letters lists ${letters.length}: ${reason}`);
  observe(
    7,
    "the messages are in their dead-letter queue, each with its reason",
    letters.length === months && letters.every((letter) => letter.reason.includes("weather")),
    { letters: letters.length, reason },
  );
  await stage.ratchet("apply", `${stage.examples}/weather`);
  progress.done("mended: applied examples/weather");
  const replayed = (await stage.ratchet("replay", "data-dropped", "--all", "--yes")) as {
    readonly replayed: readonly unknown[];
    readonly gone: readonly unknown[];
  };
  const left = (await stage.ratchet("dead-letters", "data-dropped")) as readonly ListedLetter[];
  progress.done(`ratchet replay sent ${replayed.replayed.length} again; ${left.length} dead letters are left`);
  observe(7, "ratchet replay sent all of them again", replayed.replayed.length === months && left.length === 0, {
    replayed: replayed.replayed.length,
    left: left.length,
  });
  const turn = await followTurn(
    stage,
    "weather",
    drops.map(({ path }) => path),
  );
  const { decision, comparison } = turn.judged.data;
  observe(7, "the loop completed: trained, judged, promoted", turn.promoted !== undefined, {
    decision,
    rmse: comparison.challenger,
  });
  if (!turn.promoted) return;
  // The model knows nothing of 2013.
  const answer = await infer(stage.deployment, turn.promoted.data.endpoint, "weather", [days.summer]);
  const degrees = answer.outputs[0]?.data[0] ?? Number.NaN;
  progress.done(`weather version ${answer.model_version} predicts ${degrees.toFixed(1)} °C for a day that had 31.7 °C`);
  observe(
    7,
    "the second model answers through its own function",
    answer.model_version === turn.promoted.data.version && Number.isFinite(degrees),
    { degrees },
  );
}
