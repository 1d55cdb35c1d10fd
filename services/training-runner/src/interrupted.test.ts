import { checkRun, evaluateModel, type Run, trainModel } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import type { Runner } from "./runner.ts";
import { endlessTraining, goodTraining, useDigits } from "./testing/digits.ts";
import type { Failing } from "./testing/faults.ts";
import { projectYaml } from "./testing/project-yaml.ts";

/**
 * Every handler is ended at each of its steps, has each of its calls fail, and each answer lost; what comes then, a
 * redelivery or nothing but the sweep, has to end the same.
 */

/** More calls than any delivery makes. */
const plenty = 80;

const digits = useDigits();

/** What fails, and what comes then. */
type Way = readonly [how: Failing, then: "delivered again" | "swept"];
const ways: readonly Way[] = [
  ["ends", "delivered again"],
  ["ends", "swept"],
  ["fails", "delivered again"],
  ["is not answered", "delivered again"],
];

/**
 * Has a step meet a fault at its first call, at its second, and so on until it makes no more of them.
 * @param before puts the world where the step begins.
 * @param after what comes then, without a fault, and what has to be so in the end.
 */
async function atEveryCall(
  how: Failing,
  before: () => Promise<void>,
  step: (runner: Runner) => Promise<void>,
  after: (at: string) => Promise<void>,
): Promise<number> {
  for (let nth = 1; nth < plenty; nth += 1) {
    await before();
    const runner = digits.world.faulty(nth, how);
    await step(runner).catch(() => undefined);
    if (runner.calls() < nth) return nth - 1;
    await after(`after a fault at call ${nth}`);
  }
  throw new Error(`the step makes more than ${plenty} calls`);
}

/** What is remembered of the model: its slot and its runs. */
async function snapshot(): Promise<ReadonlyMap<string, string>> {
  const paths = await digits.world.pathsOf("training", `${digits.model}/`);
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await digits.world.textOf("training", path)] as const)),
  );
}

/** Puts the model back to where it was, as if nothing had happened since. */
async function restore(texts: ReadonlyMap<string, string>): Promise<void> {
  for (const path of await digits.world.pathsOf("training", `${digits.model}/`))
    if (!texts.has(path)) await digits.world.container("training").deleteBlob(path);
  for (const [path, text] of texts) await digits.world.put("training", path, text);
  await digits.forgetSweeps();
  digits.world.recorder.forget();
  const { client, inWorkspace } = digits.world.others;
  await client.modelContainers.delete(...inWorkspace, digits.model);
}

const minutes = (count: number) => new Date(Date.now() + count * 60_000);

/** What was said was said once; a fault may fall between saying it and writing down that it was said. */
function expectSaidOnce(messages: readonly { readonly id: string }[], at: string): void {
  expect(messages.length, at).toBe(1);
  for (const said of messages) expect(digits.world.recorder.timesSaid(said), at).toBeLessThanOrEqual(2);
}

/** The versions that the registry has of the model, the newest first, and whose they are. */
async function versions(): Promise<readonly (readonly [string | undefined, string | undefined])[]> {
  const { client, inWorkspace } = digits.world.others;
  const listed = await Array.fromAsync(client.modelVersions.list(...inWorkspace, digits.model));
  return listed.map(({ name, properties }) => [name, properties.tags?.["ratchet-run"] ?? undefined]);
}

describe("train-model", () => {
  test.each(ways)(
    "of which one call %s ends the same when it is %s",
    async (how, way) => {
      // The compute has no place: what is submitted waits, and is all that these tests ask for.
      const project = projectYaml(digits.model).replace("cpu-cluster", "no-place");
      await digits.world.apply(project, { "training/train.sh": goodTraining });
      let message = digits.command(2);
      const calls = await atEveryCall(
        how,
        async () => {
          await restore(new Map());
          message = digits.command(2, { reason: "request", again: message.id });
        },
        (runner) => digits.world.deliverTo(runner, message),
        async (at) => {
          if (way === "delivered again" || !(await digits.running())) await digits.world.deliver(message);
          else {
            await digits.world.sweep(minutes(6));
            await digits.world.deliver(digits.heard(checkRun).at(-1), minutes(6));
          }
          const { running, waiting } = await digits.slot();
          const record = (await digits.record(running?.runId ?? "none")) ?? expect.fail(at);
          expect(record, at).toMatchObject({ status: "submitted", version: "1" });
          expect(waiting, at).toBeNull();
          expectSaidOnce(digits.started(), at);
          expect(await digits.world.runner.workspace.job(record.runId), at).toBeDefined();
          // Somebody looks at it when its record says so.
          const looks = digits.heard(checkRun).map(({ data, notBefore }) => [data.look, notBefore?.toISOString()]);
          expect(looks, at).toContainEqual([record.look, record.lookAt]);
        },
      );
      expect(calls).toBeGreaterThan(how === "fails" ? 25 : 10);
    },
    120_000,
  );
});

describe("the look at a run that has ended", () => {
  /** Goes through the end of a run, with a second wish waiting behind it. */
  async function conclude(
    [how, way]: Way,
    script: string,
    told: string,
    expected: (record: Run, at: string) => Promise<void>,
  ) {
    await digits.apply(script, "  attempts: 3");
    const runId = await digits.submit(1);
    await digits.world.deliver(digits.command(2));
    const event = await digits.world.told(runId, told);
    const before = await snapshot();
    const calls = await atEveryCall(
      how,
      () => restore(before),
      (runner) => digits.world.deliverTo(runner, event),
      async (at) => {
        if (way === "delivered again") await digits.world.deliver(event);
        else {
          await digits.world.sweep(minutes(10));
          for (const look of digits.heard(checkRun)) await digits.world.deliver(look, minutes(10));
        }
        const record = (await digits.record(runId)) ?? expect.fail(at);
        expect(record.concludedAt, at).toBeDefined();
        expectSaidOnce(digits.ended(), at);
        await expected(record, at);
        const { running, waiting } = await digits.slot();
        expect(running, at).toBeNull();
        expect(waiting, at).toMatchObject({ through: 2 });
        const asked = digits.heard(trainModel).map(({ data }) => data);
        // Swept, what was asked for and not taken up is asked for again.
        expect(way === "swept" ? [1, 2] : [1], at).toContain(asked.length);
        for (const data of asked) expect(data, at).toMatchObject({ through: 2, waited: true });
      },
    );
    expect(calls).toBeGreaterThan(4);
  }

  test.each(ways)(
    "completed, of which one call %s, registers it, says so, asks for the verdict and frees the slot, each once, when it is %s",
    async (...way) => {
      await conclude(way, goodTraining, "Completed", async (record, at) => {
        const concluded = ["register-model", "tell-end", "ask-for-verdict"];
        expect(record, at).toMatchObject({ status: "completed", version: "1", concluded });
        expect(digits.ended()[0]?.data.version, at).toBe("1");
        expectSaidOnce(digits.heard(evaluateModel), at);
        expect(digits.heard(evaluateModel)[0]?.data.version, at).toBe("1");
        expect(await versions(), at).toEqual([["1", record.runId]]);
      });
    },
    120_000,
  );

  test.each(ways.slice(0, 2))(
    "failed, of which one call %s, says so once and frees the slot, when it is %s",
    async (...way) => {
      await conclude(way, "exit 3", "Failed", async (record, at) => {
        expect(record, at).toMatchObject({ status: "failed", concluded: ["tell-end"] });
        expect(digits.heard(evaluateModel), at).toEqual([]);
      });
    },
    120_000,
  );

  test.each(["ends", "is not answered"] as const)(
    "completed, of which one call %s, is registered once beside what others have registered meanwhile",
    async (how) => {
      const { client, inWorkspace } = digits.world.others;
      await digits.apply();
      const runId = await digits.submit(1);
      const event = await digits.world.told(runId, "Completed");
      const before = await snapshot();
      await atEveryCall(
        how,
        async () => {
          await restore(before);
          const theirs = { modelType: "custom_model", modelUri: "azureml://datastores/runs/paths/theirs" };
          await client.modelVersions.createOrUpdate(...inWorkspace, digits.model, "1", { properties: theirs });
        },
        (runner) => digits.world.deliverTo(runner, event),
        async (at) => {
          await digits.world.deliver(event);
          expect(await versions(), at).toEqual([
            ["2", runId],
            ["1", undefined],
          ]);
          expect(await digits.record(runId), at).toMatchObject({ version: "2" });
          expectSaidOnce(digits.ended(), at);
          expectSaidOnce(digits.heard(evaluateModel), at);
          expect([digits.ended()[0]?.data.version, digits.heard(evaluateModel)[0]?.data.version], at).toEqual([
            "2",
            "2",
          ]);
        },
      );
    },
    120_000,
  );
});

describe("the sweep", () => {
  /** What was begun and not done is done in one of the minutes after it, when it is due again. */
  async function sweepOn() {
    for (const later of [11, 12, 16, 17]) await digits.world.sweep(minutes(later));
  }

  test.each(["ends", "fails"] as const)(
    "of which one call %s sends a look in place of one that was lost",
    async (how) => {
      await digits.apply(endlessTraining);
      const runId = await digits.submit(1);
      const before = await snapshot();
      await atEveryCall(
        how,
        () => restore(before),
        (runner) => digits.world.sweep(minutes(10), runner),
        async (at) => {
          await sweepOn();
          const looks = digits.heard(checkRun).map(({ data }) => data.look);
          expect(looks, at).toContain((await digits.record(runId))?.look);
          expect(looks.length, at).toBeLessThanOrEqual(2);
        },
      );
      await digits.world.runner.workspace.cancel(runId);
    },
    120_000,
  );

  test.each(["ends", "fails"] as const)(
    "of which one call %s asks for what waits in a free slot",
    async (how) => {
      await digits.apply();
      const runId = await digits.submit(1);
      await digits.world.deliver(digits.command(2));
      await digits.world.deliver(await digits.world.told(runId, "Completed"));
      const before = await snapshot();
      await atEveryCall(
        how,
        () => restore(before),
        (runner) => digits.world.sweep(minutes(10), runner),
        async (at) => {
          await sweepOn();
          const asked = digits.heard(trainModel).map(({ data }) => data);
          expect([1, 2], at).toContain(asked.length);
          for (const data of asked) expect(data, at).toMatchObject({ waited: true });
        },
      );
    },
    120_000,
  );
});
