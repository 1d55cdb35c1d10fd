import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { applyProject, readProject } from "@ratchet/cli/commands/apply";
import { dropFiles, dropPath } from "@ratchet/cli/commands/drop";
import { ensureApp } from "@ratchet/cli/commands/ensure-app";
import { askForFreeze, askForThaw } from "@ratchet/cli/commands/freeze";
import { askForPromotion } from "@ratchet/cli/commands/promote";
import { uploadBundle } from "@ratchet/cli/commands/release";
import { chooseDeadLetters, replay } from "@ratchet/cli/commands/replay";
import { askForRollback } from "@ratchet/cli/commands/rollback";
import { askForTraining } from "@ratchet/cli/commands/train";
import type { Deployment } from "@ratchet/cli/deployment";
import { paths, type QueueName, queues, run } from "@ratchet/contracts";
import type { Random } from "@ratchet/simulation/random";
import { bundleOfOtherDigest } from "../../testing/bundle.ts";
import { addressOf, keysOf, post } from "../../testing/keys.ts";
import type { Drop, Facts } from "./facts.ts";
import { appOf, badFiles, goodFile, type Project, writeProject } from "./projects.ts";

/** Something that a person or program does to the running deployment; gives what it did, in words. */
export type Deed = (deployment: Deployment) => Promise<string>;

interface DeedsOptions {
  readonly models: readonly string[];
  readonly random: Random;
  readonly facts: Facts;
  /** For the files that are dropped, applied and released. */
  readonly folder: string;
}

/** What people do, each thing with its weight: the choice is made when the deed is called, its work is done after. */
export interface Deeds {
  /** Applies a project and makes its app. */
  apply(model: string): Deed;
  dropNew(model: string): Deed;
  readonly table: readonly (readonly [weight: number, name: string, () => Deed])[];
}

const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");
const nothingTo =
  (what: string): Deed =>
  async () =>
    `found nothing to ${what}`;

export function createDeeds({ models, random, facts, folder }: DeedsOptions): Deeds {
  const goods: { readonly model: string; readonly content: string; readonly rows: number }[] = [];
  const beingWritten = new Set<string>();
  let count = 0;
  const next = (): number => {
    count += 1;
    return count;
  };
  const model = (): string => random.pick(models);

  const newContent = (): { readonly content: string; readonly rows: number } => {
    const rows = random.int(30, 80);
    return { content: goodFile(Array.from({ length: rows }, () => random.int(0, 1_000_000))), rows };
  };

  function noted(drop: Omit<Drop, "at" | "outcome">): Drop {
    const entry: Drop = { ...drop, at: Date.now(), outcome: "unknown" };
    facts.drops.push(entry);
    return entry;
  }

  /** Drops content as a file of its own, as `ratchet drop` does. */
  function drop(name: string, content: string, rows: number, good: boolean): Deed {
    const file = `part-${next()}.csv`;
    const now = new Date();
    return async (deployment) => {
      const entry = noted({
        model: name,
        file: dropPath(name, file, now),
        contentSha256: sha256(content),
        rows,
        good,
      });
      const written = join(folder, file);
      await writeFile(written, content);
      await dropFiles(deployment, name, [written], { now });
      entry.outcome = "acknowledged";
      await rm(written);
      return `dropped ${good ? "" : "a bad file as "}${entry.file}`;
    };
  }

  function dropNew(name: string): Deed {
    const { content, rows } = newContent();
    goods.push({ model: name, content, rows });
    return drop(name, content, rows, true);
  }

  function dropAgain(): Deed {
    const known = goods.length > 0 ? random.pick(goods) : undefined;
    return known ? drop(known.model, known.content, known.rows, true) : nothingTo("drop again");
  }

  /** Writes over one file again and again, as programs do that know of one name only. */
  function overwrite(): Deed {
    const name = model();
    const file = `${name}/latest.csv`;
    const { content, rows } = newContent();
    return async (deployment) => {
      if (beingWritten.has(file)) return `left ${file} to who is writing it`;
      beingWritten.add(file);
      try {
        const entry = noted({ model: name, file, contentSha256: sha256(content), rows, good: true });
        await deployment.container("drops").getBlockBlobClient(file).upload(content, content.length);
        entry.outcome = "acknowledged";
        return `wrote ${file} anew`;
      } finally {
        beingWritten.delete(file);
      }
    };
  }

  function deleteDrop(): Deed {
    const found = facts.drops.at(-random.int(1, 6));
    if (!found || found.file.endsWith("latest.csv")) return nothingTo("delete");
    return async (deployment) => {
      facts.deleted.add(found.file);
      await deployment.container("drops").deleteBlob(found.file);
      return `deleted ${found.file}`;
    };
  }

  function apply(name: string): Deed {
    const project: Project = {
      model: name,
      app: appOf(name),
      quietPeriod: random.int(1, 4),
      warmStart: random.chance(0.7),
    };
    return async (deployment) => {
      const written = await mkdtemp(join(folder, `${name}-`));
      await writeProject(written, project);
      await ensureApp(deployment, project.app);
      const { version } = await applyProject(deployment, await readProject(written), new Date());
      await rm(written, { recursive: true });
      return `applied ${name} ${version}`;
    };
  }

  function releaseCode(): Deed {
    const number = next();
    return async (deployment) => {
      const written = await mkdtemp(join(folder, "bundle-"));
      const bundle = await bundleOfOtherDigest(written, `release ${number}`);
      const { sha256: code } = await uploadBundle(deployment, bundle);
      await rm(written, { recursive: true });
      return `released inference code ${code.slice(0, 8)}`;
    };
  }

  function force(): Deed {
    const [name, which] = [model(), random.int(0, 1_000_000)];
    return async (deployment) => {
      const versions = (await Array.fromAsync(deployment.documents("verdicts").list(`${name}/`))).flatMap((path) => {
        const version = /^[^/]+\/(\d+)\.json$/.exec(path)?.[1];
        return version === undefined || path !== paths.verdict(name, version) ? [] : [version];
      });
      const version = versions[which % versions.length];
      if (version === undefined) return "found nothing to force";
      facts.forced.add(`${name}/${version}`);
      await askForPromotion(deployment, name, version, "somebody wants it");
      return `forced ${name} ${version}`;
    };
  }

  function rollBack(): Deed {
    const name = model();
    return async (deployment) => {
      const { from } = await askForRollback(deployment, name, "somebody wants it");
      return `asked to roll ${name} back from ${from}`;
    };
  }

  function freeze(): Deed {
    const name = model();
    return async (deployment) => {
      await askForFreeze(deployment, name, "somebody wants it to stay");
      return `asked to freeze ${name}`;
    };
  }

  function thaw(): Deed {
    const name = model();
    return async (deployment) => {
      await askForThaw(deployment, name, "somebody wants it to go on");
      return `asked to thaw ${name}`;
    };
  }

  function cancel(): Deed {
    const name = model();
    return async (deployment) => {
      const documents = deployment.documents("training");
      for await (const path of documents.list(`${name}/runs/`)) {
        const found = (await documents.read(path, run))?.value;
        if (found?.status !== "submitted") continue;
        const [address, keys] = await Promise.all([
          addressOf(deployment, "training-runner"),
          keysOf(deployment, "training-runner"),
        ]);
        const answer = await post(`${address}/api/runs/${found.runId}/cancel`, {}, keys.function);
        return `asked to cancel ${found.runId}: ${answer.status}`;
      }
      return "found nothing to cancel";
    };
  }

  function train(): Deed {
    const [name, again] = [model(), random.chance(0.5)];
    return async (deployment) => {
      await askForTraining(deployment, name, again ? { again: new Date() } : {});
      return `asked for training of ${name}${again ? " again" : ""}`;
    };
  }

  function replayOne(): Deed {
    const queue = random.pick(Object.keys(queues) as QueueName[]);
    return async (deployment) => {
      const letters = await chooseDeadLetters(deployment, queue, { all: true, numbers: [] });
      if (letters.length === 0) return `found no dead letter in ${queue}`;
      const { replayed } = await replay(deployment, queue, letters, () => undefined);
      return `replayed ${replayed.length} dead letters of ${queue}`;
    };
  }

  return {
    apply,
    dropNew,
    table: [
      [20, "drop", () => dropNew(model())],
      [4, "drop a bad file", () => drop(model(), random.pick(badFiles), 0, false)],
      [4, "drop the same again", dropAgain],
      [4, "overwrite", overwrite],
      [2, "delete", deleteDrop],
      [2, "apply", () => apply(model())],
      [1, "release code", releaseCode],
      [3, "force", force],
      [3, "roll back", rollBack],
      [1, "freeze", freeze],
      [5, "thaw", thaw],
      [3, "cancel", cancel],
      [3, "train", train],
      [4, "replay", replayOne],
    ],
  };
}
