import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { modelPromoted } from "@ratchet/contracts";
import { commandLineOf } from "../command-line/run.ts";
import { subscribe } from "../commands/subscribe.ts";
import type { Deployment } from "../deployment.ts";
import { startRatchet } from "../local/start.ts";
import { onInterrupt } from "../local/until-stopped.ts";
import { createObserver } from "../observe/observer.ts";
import type { Progress } from "../progress.ts";
import { loadDigits } from "../samples/digits.ts";
import { loadWeather } from "../samples/weather.ts";
import { createFiles, type Observation, type Stage } from "./stage.ts";
import { playStory } from "./story.ts";
import { startSubscriber } from "./subscriber.ts";
import type { Summary } from "./summary.ts";

/** A demo that has been played and still runs. */
export interface PlayedDemo {
  readonly summary: Summary;
  readonly deployment: Deployment;
  readonly addresses: Readonly<Record<string, string>>;
  /** Folder of its local deployment. */
  readonly folder: string;
  /** Where the logs are after `close`, if the story did not go as it should; otherwise they go with the rest. */
  readonly keptLogs: string | undefined;
  /** Resolves with the reason when a server could not be kept up. */
  readonly failure: Promise<Error>;
  close(): Promise<void>;
}

const examples = join(import.meta.dirname, "../../../examples");

/** Starts the local Azure, plays the story, and leaves all running until `close`. */
export async function playDemo(progress: Progress): Promise<PlayedDemo> {
  const files = await createFiles();
  const cleanUp: (() => Promise<unknown>)[] = [() => rm(files.folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  const letGo = onInterrupt(close);
  try {
    const folder = join(files.folder, "ratchet");
    progress.heading("Starting the local Azure");
    const ratchet = await startRatchet({
      folder,
      progress,
      onJobOutput: (_job, line) => progress.doing(`training: ${line}`),
    });
    cleanUp.push(() => ratchet.close());
    const subscriber = await startSubscriber(ratchet.tls);
    cleanUp.push(() => subscriber.close());
    await subscribe(ratchet.deployment, { name: "app-team", url: subscriber.url, types: [modelPromoted.type] });
    progress.done(`a subscriber's webhook is registered for ${modelPromoted.type}`);
    const observations: Observation[] = [];
    const stage: Stage = {
      deployment: ratchet.deployment,
      observer: createObserver(ratchet.deployment),
      progress,
      subscriber,
      digits: await loadDigits(),
      weather: await loadWeather(),
      examples,
      ratchet: commandLineOf(folder),
      file: files.file,
      observe(chapter, statement, observed, facts = {}) {
        observations.push({ chapter, statement, observed, facts });
        if (!observed) progress.failed(`not observed: ${statement} ${JSON.stringify(facts)}`);
      },
    };
    const failed = ratchet.failure.then((error) => Promise.reject(error));
    const summary = await Promise.race([playStory(stage, observations), failed]);
    const keptLogs = summary.observed ? undefined : `${files.folder}-logs`;
    // After all that writes them has stopped, and before the folder goes.
    if (keptLogs) cleanUp.splice(1, 0, () => rename(join(folder, "logs"), keptLogs));
    const { deployment, addresses, failure } = ratchet;
    return { summary, deployment, addresses, folder, keptLogs, failure, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    letGo();
  }
}
