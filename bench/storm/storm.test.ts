import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { Results, Storm } from "./results.ts";

const program = join(import.meta.dirname, "../storm.ts");

/** Every file was admitted or refused once, said once, and nothing was given up on. */
function expectNothingLost(storm: Storm): void {
  expect(storm.audit.admitted + storm.audit.refused).toBe(storm.files);
  expect(storm.audit).toMatchObject({ wrongRecords: 0, wrongAdmissions: 0, wrongEvents: 0 });
  expect(storm.deadLetters).toEqual({});
  expect(storm.cameToRest).toBe(true);
}

// Memory and processes are read as files.
describe.skipIf(process.platform !== "linux")("a small storm on the local stack", { timeout: 300_000 }, () => {
  let results: Results;
  beforeAll(async () => {
    const words = ["--disable-warning=ExperimentalWarning", program, "--quick", "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 64 * 1024 ** 2 });
    results = JSON.parse(stdout) as Results;
  }, 300_000);

  test("loses no file of many, and judges a model of each", () => {
    const storm = results.files ?? expect.fail("many files were not measured");
    expectNothingLost(storm);
    expect(storm.audit.refused).toBeGreaterThan(0);
    expect(storm.judged).toBeGreaterThanOrEqual(storm.models);
    expect(storm.executions["data-dropped"]?.count).toBeGreaterThanOrEqual(storm.files);
    expect(Object.keys(storm.memory.peak)).toContain("data-watcher");
  });

  test("loses no file of many models, and trains each once", () => {
    const storm = results.models ?? expect.fail("many models were not measured");
    expectNothingLost(storm);
    expect(storm.runs).toBe(storm.models);
  });

  test("costs as many messages and requests for a drop, however many came before", () => {
    const [few, many] = results.history?.drops ?? [];
    expect(few?.messages).toBe(2);
    expect(many).toMatchObject({ messages: few?.messages, requests: few?.requests });
    expect(results.history?.trainings.map(({ ended }) => ended)).toEqual([true]);
  });

  test("takes in many drops of one model, at once and in turn, each once in its log", () => {
    expect(results.drops?.map(({ way, drops }) => [way, drops])).toEqual([
      ["at once", 40],
      ["at once, all waiting", 20],
      ["in turn", 20],
    ]);
    for (const { drops, audit, logEntries, loggedBatches, deadLetters, stretches } of results.drops ?? []) {
      expect(audit).toEqual({ admitted: drops, refused: 0, wrongRecords: 0, wrongAdmissions: 0, wrongEvents: 0 });
      expect([logEntries, loggedBatches, deadLetters]).toEqual([drops, drops, 0]);
      expect(stretches.reduce((sum, stretch) => sum + stretch.drops, 0)).toBe(drops);
    }
  });

  test("reads each event of a day, and each view, once", () => {
    const [, later] = results.ledger ?? [];
    const requestsOf = (what: string) => later?.reads.find((read) => read.what === what)?.requests;
    expect(requestsOf("GET /api/events/{day}")).toBe(1 + 100);
    // With what the model has admitted: how far it was asked for, and the only page of its log.
    expect(requestsOf("GET /api/models/{model}")).toBe(3);
  });
});
