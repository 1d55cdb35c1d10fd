import { randomUUID } from "node:crypto";
import {
  batchManifest,
  dataAdmitted,
  dataQuarantined,
  dataRefused,
  type Envelope,
  paths,
  takeInDrop,
  trainModel,
} from "@ratchet/contracts";
import { isTransient } from "@ratchet/messaging";
import { readAdmissions } from "@ratchet/state";
import { createInstance, type Instance, startWorld, type World } from "@ratchet/testing";
import { expect } from "vitest";
import { type Drop, readDropEvent } from "../drop/dropped-blob.ts";
import { sweepBlobs } from "../drop/sweep-blobs.ts";
import { sweepDrops } from "../drop/sweep-drops.ts";
import { takeInDropAgain, takeInDropOfEvent } from "../drop/take-in-drop.ts";
import { dropKey, openDrops, readDrop } from "../stores.ts";
import { sweepTrainings } from "../training/sweep-trainings.ts";
import type { Watcher } from "../watcher.ts";
import { csv, header, rows, soakedRows, weatherYaml } from "./definitions.ts";

export const minutes = 60_000;
export const hours = 60 * minutes;

/** `ratchet.yaml` of a weather model of another name. */
export const yamlOf = (model: string): string => weatherYaml.replace("model: weather\n", `model: ${model}\n`);

/** A good file, whose rows differ by where they begin. */
export const goodFile = (from = 0, count = 60): string => csv([header, ...rows(count, from)]);

/** A good file that stands out from {@link goodFile}. */
export const soakedFile = (from = 0, count = 60): string => csv([header, ...soakedRows(count, from)]);

/** The drop that an event is about. */
export function dropOf(event: Envelope): Drop {
  const read = readDropEvent(event);
  if (read.kind !== "drop") throw new Error(`${event.subject} is no drop: ${read.why}`);
  return read.drop;
}

/** The data-watcher in a world of its own, and what its tests do with it. */
export interface Watching extends AsyncDisposable {
  readonly world: World<"data-watcher">;
  readonly watcher: Watcher;
  /** Applies a model of a new name and gives the name. @param data more of what it says of its data. */
  newModel(data?: string): Promise<string>;
  /** Takes in the file of an event as a process does that may end; tried again where that can help. */
  takeIn(event: Envelope, instance?: Instance, now?: Date): Promise<"done" | "ended">;
  /** All that goes by the clock, at a time; and what it sends is delivered. */
  sweep(now: Date): Promise<void>;
  /** What must hold of a drop when all is done, whatever happened on the way. @returns what became of it. */
  expectOneEnd(event: Envelope): Promise<"admitted" | "quarantined" | "refused">;
  /** What must hold of a model's batches when all is done: each is admitted once and is trained on. */
  expectAllTrained(model: string): Promise<void>;
}

export async function startWatching(): Promise<Watching> {
  const world = await startWorld("data-watcher");
  const watcherOf = (service: typeof world.service): Watcher => ({ stores: service, outbox: service.outbox });
  const watcher = watcherOf(world.service);
  const { recorder } = world;
  const delivered = new Set<string>();

  const takeIn: Watching["takeIn"] = async (event, instance = createInstance(), now = new Date()) => {
    const { service, delivery } = world.start(instance);
    const once = () => takeInDropOfEvent(watcherOf(service), event, delivery(event, now));
    const tried = async (): Promise<void> =>
      once().catch((error: unknown) => {
        if (isTransient(error) && !instance.fated) return tried();
        throw error;
      });
    return instance.run(tried);
  };

  return {
    world,
    watcher,
    async newModel(data = "") {
      const model = `weather-${randomUUID().slice(0, 8)}`;
      await world.apply(yamlOf(model).replace("  holdout:", `${data ? `  ${data}\n` : ""}  holdout:`));
      return model;
    },
    takeIn,
    async sweep(now) {
      const invocation = world.delivery(randomUUID(), now);
      for (const name of ["blobs", "drops", "trainings"])
        await world.service.blobs("batches").remove(paths.sweep(name));
      for (const sweep of [sweepBlobs, sweepDrops, sweepTrainings]) await sweep(watcher, invocation);
      const sent = recorder.heard(takeInDrop).filter(({ id }) => !delivered.has(id));
      for (const message of sent) {
        delivered.add(message.id);
        await takeInDropAgain(watcher, message as never, world.delivery(message, now));
      }
    },
    async expectOneEnd(event) {
      const drop = dropOf(event);
      const key = dropKey(drop);
      const record = (await readDrop(world.service, key))?.value;
      expect(record, "its record").toMatchObject({ lookAt: null });
      const marks = await Array.fromAsync(openDrops(world.service).marks());
      expect(marks.map((mark) => mark.key)).not.toContain(key);

      const because = ({ causationid }: Envelope) => causationid === record?.cause;
      const outcomes = [dataAdmitted, dataQuarantined, dataRefused].flatMap((one): readonly Envelope[] =>
        recorder.heard(one as typeof dataAdmitted),
      );
      const said = outcomes.filter(because);
      expect(said.map(({ type }) => type)).toEqual([`ratchet.data.${record?.phase}.v1`]);
      for (const message of said) expect(recorder.timesSaid(message)).toBeLessThanOrEqual(2);

      const admissions = await readAdmissions(world, drop.model);
      const mine = ({ drop: by }: { readonly drop?: string | undefined }) => `${drop.model}/${by}` === key;
      const brought = [...admissions.batches, ...admissions.quarantined].filter(mine);
      expect(brought.map(({ batch }) => batch)).toEqual(record?.phase === "refused" ? [] : [record?.batch]);
      expect(admissions.quarantined.some(mine)).toBe(record?.phase === "quarantined");
      for (const { batch, admittedAt } of brought) {
        const path = paths.batchManifest(drop.model, batch);
        const manifest = (await world.documents("batches").read(path, batchManifest))?.value;
        expect(manifest).toMatchObject({ model: drop.model, batch, admittedAt });
        const rowsIn = async (file: string) => (await world.textOf("batches", file)).trimEnd().split("\n").length - 1;
        const kept = { train: paths.batchTrain(drop.model, batch), holdout: paths.batchHoldout(drop.model, batch) };
        expect({ train: await rowsIn(kept.train), holdout: await rowsIn(kept.holdout) }).toEqual(manifest?.rows);
      }
      if (record?.refusal?.code === "already-admitted")
        expect(
          [...admissions.batches, ...admissions.withdrawn, ...admissions.quarantined].map(({ batch }) => batch),
        ).toContain(record.batch);
      return record?.phase === "admitted" || record?.phase === "quarantined" ? record.phase : "refused";
    },
    async expectAllTrained(model) {
      const admissions = await readAdmissions(world, model);
      const batches = admissions.batches.map(({ batch }) => batch);
      expect(new Set(batches).size).toBe(batches.length);
      expect(admissions.pending).toBeNull();
      const asked = recorder.heard(trainModel).filter(({ data }) => data.model === model);
      const upto = Math.max(...asked.map(({ data }) => data.through ?? Number.POSITIVE_INFINITY));
      if (batches.length > 0) expect(upto).toBe(admissions.position);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
