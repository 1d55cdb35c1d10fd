import { fits, type Letter, listLetters } from "@ratchet/operators";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WrongInputError } from "../errors.ts";
import { groundOf } from "../operator-ground.ts";
import type { Output } from "../output.ts";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { act } from "./act.ts";
import { describeLetter, groupsTable, lettersTable } from "./print.ts";
import { filterOf, findArchived, findLetters, placeNamed, queueNamed, timeOf } from "./select.ts";

const queue = "training-due";
const now = new Date("2026-11-23T10:00:00.000Z");

describe("the filters of the command line", () => {
  test.each([
    ["90s", "2026-11-23T09:58:30.000Z"],
    ["15min", "2026-11-23T09:45:00.000Z"],
    ["2h", "2026-11-23T08:00:00.000Z"],
    ["3d", "2026-11-20T10:00:00.000Z"],
    ["2026-11-01T00:00:00+01:00", "2026-10-31T23:00:00.000Z"],
  ])("take %s for a time", (said, time) => {
    expect(timeOf(said, now)).toBe(time);
  });

  test("refuse what is no time, no place, or no queue, and say what there is", () => {
    expect(() => timeOf("yesterday", now)).toThrow("yesterday is no time: say how long ago");
    expect(() => placeNamed("train")).toThrow(/there is no queue train; the places are data-dropped, .*event-grid$/);
    expect(() => queueNamed("event-grid")).toThrow(/event-grid is no queue; the queues are data-dropped/);
  });
});

describe("dead letters on the command line", () => {
  let stage: TestDeployment;
  beforeAll(async () => {
    stage = await startTestDeployment();
    await deadLetter("\u001b]52;c;ZXZpbA==\u0007 first", "second");
  });
  afterAll(() => stage[Symbol.asyncDispose]());
  afterEach(() => {
    process.exitCode = 0;
  });

  /** Dead letters whose reason is what somebody else has written. */
  async function deadLetter(...reasons: readonly string[]): Promise<void> {
    const bus = stage.deployment.serviceBus();
    await bus.createSender(queue).sendMessages(
      reasons.map((reason, index) => ({
        body: { reason },
        messageId: `m-${index}`,
        applicationProperties: { "ratchet-failure-name": "TestError", "ratchet-failure-message": reason },
      })),
    );
    const receiver = bus.createReceiver(queue);
    const messages = await receiver.receiveMessages(reasons.length);
    for (const message of messages) await receiver.deadLetterMessage(message);
    await receiver.close();
  }

  const said: { readonly value: unknown; readonly text: string }[] = [];
  const output: Output = {
    json: true,
    result: (value, text) => void said.push({ value, text }),
    stream: () => undefined,
    note: () => undefined,
  };
  const letters = () => listLetters(groundOf(stage.deployment), queue);
  const [first, last] = [0, -1].map((at) => async () => (await letters()).at(at) ?? expect.fail("no letter"));

  test("are listed and described without power over the terminal, and fit its width", async () => {
    const listed = lettersTable(await letters(), new Date());
    expect(listed).toContain("TestError: \\u{1b}]52;c;ZXZpbA==\\u{7} first");
    for (const shown of [lettersTable(await letters(), new Date(), 80), groupsTable(await letters(), new Date(), 80)])
      for (const line of shown.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const described = describeLetter((await last?.()) as Letter, new Date());
    expect(described).toContain(`"reason": "second"`);
    expect(described).toContain("is no CloudEvent");
  });

  test("are found by name and filter; one that is not there is named", async () => {
    const ground = groundOf(stage.deployment);
    const one = (await first?.()) as Letter;
    expect(await findLetters(ground, filterOf([one.id], {}, now))).toEqual([one]);
    expect(await findLetters(ground, filterOf([], { text: "SECOND", queue }, now))).toHaveLength(1);
    expect(await findLetters(ground, filterOf([], { newer: "1d", error: "TestError" }, new Date()))).toHaveLength(2);
    await expect(findLetters(ground, filterOf([`${queue}/4711`], {}, now))).rejects.toThrow(
      `there is no dead letter ${queue}/4711; \`ratchet dead-letters\` lists them`,
    );
  });

  test("are only shown by --dry-run", async () => {
    const ground = groundOf(stage.deployment);
    const asked = { action: "purge", letters: await letters(), selected: "all", reason: "" } as const;
    await act(ground, output, asked, { dryRun: true });
    expect(said.at(-1)?.text).toContain("would purge 2 dead letters; nothing was done");
    expect(await letters()).toHaveLength(2);
  });

  test("are purged only where the number is typed", async () => {
    const ground = groundOf(stage.deployment);
    const asked = { action: "purge", letters: await letters(), selected: "all", reason: "test" } as const;
    await expect(act(ground, output, asked, { yes: true })).rejects.toThrow(WrongInputError);
    await act(ground, output, asked, { confirm: "purge 3" });
    expect(process.exitCode).toBe(1);
    expect(await letters()).toHaveLength(2);
  });

  test("are archived, with what came of it as the result, and the exit code by the outcome", async () => {
    const ground = groundOf(stage.deployment);
    const chosen = (await letters()).filter(fits({ text: "second" }));
    const asked = { action: "archive", letters: chosen, selected: "text second", reason: "known" } as const;
    await act(ground, output, asked, { yes: true });
    expect(said.at(-1)).toMatchObject({ value: { state: "done", done: 1, total: 1 }, text: "archive 1 of 1" });
    expect(process.exitCode).toBe(0);
    expect(await findArchived(ground, {})).toMatchObject([{ letter: { id: chosen[0]?.id }, reason: "known" }]);
    await act(ground, output, asked, { yes: true });
    expect(said.at(-1)?.text).toBe("archive 0 of 1, 1 was gone");
    expect(process.exitCode).toBe(1);
  });
});
