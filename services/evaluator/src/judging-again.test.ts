import { evaluateModel, modelJudged, paths, processStuck } from "@ratchet/contracts";
import { SweepError } from "@ratchet/messaging";
import { UnknownModelError } from "@ratchet/state";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { nudgesInVain } from "./judgement/stuck.ts";
import { sweepEvery } from "./judgement/sweep-judgements.ts";
import { MissingModelError } from "./scoring/score-challenger.ts";
import { NoHoldoutError, openJudgements, readHoldoutEpoch } from "./stores.ts";
import { a, b, c, d, type GivenSign, givenSign } from "./testing/given-sign.ts";
import { signRows, signYaml } from "./testing/sign.ts";
import { type EvaluatorWorld, onnxOf, startEvaluatorWorld } from "./testing/world.ts";

const at = (minutes: number) => new Date(Date.parse("2026-11-23T09:00:00Z") + minutes * 60_000);
const day = 1_440;

// What is judged is really scored, and a machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld();
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const attempts = async () => (await readHoldoutEpoch(world.service, "sign"))?.attempts ?? [];
const judged = (version = "2") => world.recorder.heard(modelJudged).filter(({ data }) => data.version === version);
const stuck = () => world.recorder.heard(processStuck);
const given = (different: Partial<GivenSign> = {}) =>
  givenSign(world, { champion: "fair", challenger: "good", rows: 250, admittedAt: at(-60), ...different });
const admit = (batch: string, rows: number, minute: number) =>
  world.admit("sign", batch, signRows(rows, minute), 0.5, at(minute));

/** Sweeps between two minutes, every so many, and delivers what is asked for; gives why that was. */
async function sweep(from: number, to: number, every = 5): Promise<readonly (string | undefined)[]> {
  const because: (string | undefined)[] = [];
  for (let minute = from; minute <= to; minute += every)
    for (const message of await world.sweep(at(minute))) {
      because.push(message.data.again?.because);
      await world.deliver(message, at(minute)).catch(() => undefined);
    }
  return because;
}

test("open judgements are swept every minute, and told to be stuck when they were nudged three times in vain", () => {
  expect([sweepEvery, nudgesInVain]).toEqual([60_000, 3]);
});

describe("a challenger that is held is judged again", () => {
  test("when the cooldown is over, to the millisecond, and not before", async () => {
    await given({ promotedAt: at(-30), gate: "  cooldown: 1h" });
    const first = await world.evaluate({}, "first", at(0));
    expect(first).toMatchObject({
      decision: "hold",
      heldFor: ["cooldown"],
      heldUntil: at(30).toISOString(),
      holdout: { attempt: 0 },
    });
    expect(await world.judgement()).toMatchObject({
      state: "held",
      held: { for: ["cooldown"], until: first.heldUntil },
    });
    expect(await sweep(1, 29, 1)).toEqual([]);
    expect(await world.judgement()).toMatchObject({ lookAt: at(30).toISOString() });
    expect(await world.sweep(new Date(at(30).getTime() - 1))).toEqual([]);
    const [message] = await world.sweep(at(30));
    expect(message?.data).toMatchObject({ version: "2", again: { because: "cooldown", of: first.cause } });
    await world.deliver(message ?? expect.fail("it was not asked again"), at(30));
    expect(await world.verdict()).toMatchObject({ decision: "promote", cause: message?.id, holdout: { attempt: 1 } });
    expect(judged().map(({ data }) => data.decision)).toEqual(["hold", "promote"]);
    expect(await sweep(31, 60)).toEqual([]);
  });

  test("when as many rows are admitted as could not tell, and by all of them", async () => {
    const held = await given({ rows: 40 });
    await world.evaluate({}, "first", at(0));
    expect(await world.judgement()).toMatchObject({ state: "held", held: { for: ["rows"], newRows: held } });
    let more = 0;
    let minute = 0;
    for (const batch of ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => digit.repeat(16))) {
      if (more >= held) break;
      minute += 10;
      more += await admit(batch, 16, minute);
      expect(await sweep(minute, minute + 9)).toEqual(more >= held ? ["rows"] : []);
    }
    const found = await world.verdict();
    expect(found?.holdout).toMatchObject({ rows: held + more, attempt: 2 });
    expect(found?.decision).toBe("hold");
    expect(await world.judgement()).toMatchObject({ state: "held", held: { for: ["rows"], newRows: held + more } });
    expect(await sweep(minute + 10, minute + 200)).toEqual([]);
    expect(await attempts()).toHaveLength(2);
  });

  test("when the holdout was used up and new data makes another, by that alone", async () => {
    await given({ gate: "  reuseBudget: 1" });
    await world.putModel("sign", "0", "poor");
    await world.evaluate({ version: "0" }, "another", at(-10));
    expect(await world.evaluate({}, "first", at(0))).toMatchObject({ decision: "hold", heldFor: ["holdout"] });
    expect(await sweep(1, 61)).toEqual([]);
    const held = await admit(b, 300, 62);
    expect(await sweep(63, 70)).toEqual(["holdout"]);
    expect(await world.verdict()).toMatchObject({
      decision: "promote",
      holdout: { batches: [b], rows: held, attempt: 1 },
    });
  });

  test("when the holdout was too old and new data makes another", async () => {
    await given({ gate: "  holdoutMaxAge: 1d", admittedAt: at(-3 * day) });
    await world.putModel("sign", "0", "poor");
    await world.evaluate({ version: "0" }, "another", at(-2 * day));
    expect(await world.evaluate({}, "first", at(0))).toMatchObject({ decision: "hold", heldFor: ["holdout"] });
    await admit(b, 300, 1);
    expect(await sweep(5, 10)).toEqual(["holdout"]);
    expect(await world.verdict()).toMatchObject({ decision: "promote", holdout: { batches: [b], attempt: 1 } });
  });

  test("when the champion is another", async () => {
    await given({ champion: "good", challenger: "probabilities" });
    await world.putModel("sign", "0", "fair");
    expect(await world.evaluate({}, "first", at(0))).toMatchObject({ decision: "hold", champion: "1" });
    await world.makeChampion("sign", "0", [a], at(1));
    expect(await sweep(2, 10)).toEqual(["champion"]);
    expect(await world.verdict()).toMatchObject({ decision: "promote", champion: "0", holdout: { attempt: 2 } });
  });

  test("when a champion that could not be scored can be", async () => {
    await given();
    await world.container("runs").deleteBlob(onnxOf("sign", "1").path);
    expect(await world.evaluate({}, "first", at(0))).toMatchObject({ decision: "hold", heldFor: ["champion"] });
    expect(await sweep(1, 30)).toEqual([]);
    await world.putModel("sign", "1", "fair");
    expect(await sweep(31, 40)).toEqual(["champion"]);
    expect(await world.verdict()).toMatchObject({ decision: "promote" });
  });

  test("when the champion's file is again the one that serves, after somebody had put a worse one in its place", async () => {
    await given({ challenger: "fair" });
    await world.putModel("sign", "1", "poor");
    expect(await world.evaluate({}, "first", at(0))).toMatchObject({
      decision: "hold",
      heldFor: ["champion"],
      reasons: [expect.stringContaining("sign-1/model/model.onnx is another file than the one that serves") as string],
    });
    await world.putModel("sign", "1", "fair");
    expect(await sweep(1, 10)).toEqual(["champion"]);
    expect(await world.verdict()).toMatchObject({ decision: "hold", heldFor: ["rows"] });
  });

  test("when the gate is another, and not when something else of the definition is", async () => {
    await given({ gate: "  triggerFile: required" });
    expect(await world.evaluate({}, "first", at(0))).toMatchObject({ decision: "hold", heldFor: ["vote"] });
    await world.apply(signYaml("  triggerFile: required").replace("train.py", "learn.py"));
    expect(await sweep(1, 30)).toEqual(["definition"]);
    expect(judged()).toHaveLength(1);
    expect(await world.pathsOf("verdicts", "sign/former/")).toEqual([]);
    await world.apply(signYaml());
    expect(await sweep(31, 60)).toEqual(["definition"]);
    expect(await world.verdict()).toMatchObject({ decision: "promote" });
  });

  test("though its definition was taken away meanwhile: that is told, and mended by another", async () => {
    const held = await given({ rows: 40 });
    await world.evaluate({}, "first", at(0));
    await world.container("definitions").deleteBlob(paths.currentDefinition("sign"));
    expect(await sweep(1, 30)).toEqual(["definition"]);
    expect(stuck()).toMatchObject([{ data: { reason: expect.stringContaining("no model named sign") as string } }]);
    await world.apply(signYaml());
    expect(await sweep(31, 60)).toEqual(["definition"]);
    expect(await world.judgement()).toMatchObject({ state: "held", held: { newRows: held } });
    expect(judged()).toHaveLength(1);
  });

  test("only when all that holds it is over", async () => {
    await given({ promotedAt: at(-30), gate: "  cooldown: 1h\n  triggerFile: required" });
    expect(await world.evaluate({}, "first", at(0))).toMatchObject({ heldFor: ["vote", "cooldown"] });
    expect(await sweep(1, 120)).toEqual([]);
  });

  test("never where nothing changes: looking costs none of the budget and says nothing", async () => {
    await given({ rows: 40 });
    await world.evaluate({}, "first", at(0));
    const before = await world.textOf("verdicts", "sign/2.json");
    expect(await sweep(1, 120)).toEqual([]);
    expect(await world.textOf("verdicts", "sign/2.json")).toBe(before);
    expect(await attempts()).toHaveLength(1);
    expect(judged()).toHaveLength(1);
    expect(stuck()).toEqual([]);
  });

  test("once, however often it was asked before the command came", async () => {
    await given({ promotedAt: at(-30), gate: "  cooldown: 1h\n  minEffect: 0.2" });
    await world.evaluate({}, "first", at(0));
    const [one] = await world.sweep(at(30));
    expect(await world.sweep(at(31))).toEqual([]);
    const [two] = await world.sweep(at(40));
    expect(one?.data).toEqual(two?.data);
    expect(one?.id).not.toBe(two?.id);
    for (const message of [one, two]) await world.deliver(message ?? expect.fail("not asked"), at(41));
    expect(await world.verdict()).toMatchObject({ decision: "hold", heldFor: ["rows"], cause: one?.id });
    expect(judged()).toHaveLength(2);
    expect((await world.judgement())?.commands).toEqual([expect.any(String), one?.id]);
  });

  test("not where it became the champion by force: there is nothing to judge any more", async () => {
    await given({ rows: 40 });
    await world.evaluate({}, "first", at(0));
    await world.makeChampion("sign", "2", [a], at(1));
    await admit(b, 300, 2);
    expect(await sweep(3, 30)).toEqual([]);
    const record = await world.judgement();
    expect(record?.state).toBe("said");
    expect(record).not.toHaveProperty("lookAt");
    expect(await world.verdict()).toMatchObject({ decision: "hold", champion: "1" });
  });
});

describe("of several challengers of a model", () => {
  test("only the newest is judged again: those before it are superseded", async () => {
    await given({ rows: 40 });
    await world.putModel("sign", "3", "probabilities");
    await world.putModel("sign", "10", "good");
    for (const version of ["2", "3", "10"]) await world.evaluate({ version }, "first", at(0));
    const states = async () =>
      Promise.all(["2", "3", "10"].map(async (version) => (await world.judgement(version))?.state));
    expect(await states()).toEqual(["superseded", "superseded", "held"]);
    expect(await world.judgement("2")).toMatchObject({ newer: "3" });
    await admit(b, 300, 2);
    const asked = [...(await world.sweep(at(5))), ...(await world.sweep(at(6)))];
    expect(asked.map(({ data }) => data.version)).toEqual(["10"]);
  });

  test("one that is asked about late is superseded as soon as it is held", async () => {
    await given({ rows: 40 });
    await world.putModel("sign", "3", "probabilities");
    await world.evaluate({ version: "3" }, "first", at(0));
    expect(await world.evaluate({ version: "2" }, "late", at(1))).toMatchObject({ decision: "hold" });
    expect(await world.judgement("2")).toMatchObject({ state: "superseded", newer: "3" });
    expect(await world.judgement("3")).toMatchObject({ state: "held" });
  });

  test("one that was superseded is judged where somebody asks for it", async () => {
    await given({ rows: 40 });
    await world.putModel("sign", "3", "probabilities");
    await world.evaluate({ version: "2" }, "first", at(0));
    await world.evaluate({ version: "3" }, "first", at(0));
    await admit(b, 300, 2);
    expect(await world.evaluate({ version: "2" }, "asked for", at(3))).toMatchObject({ decision: "promote" });
    expect(await world.judgement("2")).toMatchObject({ state: "said" });
  });
});

describe("a judgement that failed", () => {
  test("for want of its file is told to be stuck, and made when the file is there", async () => {
    await given();
    await world.container("runs").deleteBlob(onnxOf("sign", "2").path);
    await expect(world.evaluate({}, "first", at(0))).rejects.toThrow(MissingModelError);
    expect(stuck()).toMatchObject([
      {
        data: {
          model: "sign",
          process: "judgement",
          about: "2",
          state: "asked",
          since: at(0).toISOString(),
          reason: "runs/sign-2/model/model.onnx is not there: the run has to write model.onnx",
          remedy: expect.stringContaining("judged by itself once") as string,
        },
      },
    ]);
    expect(await sweep(1, 60)).toEqual([]);
    await world.putModel("sign", "2", "good");
    expect(await sweep(61, 70)).toEqual(["file"]);
    expect(await world.verdict()).toMatchObject({ decision: "promote", cause: world.command({}, "first").id });
    expect(await world.judgement()).toMatchObject({ state: "said" });
    expect(await world.judgement()).not.toHaveProperty("failure");
    expect(stuck()).toHaveLength(1);
  });

  test("for want of data is made when some is admitted", async () => {
    await world.apply(signYaml());
    await world.putModel("sign", "2", "good");
    await expect(world.evaluate({}, "first", at(0))).rejects.toThrow(NoHoldoutError);
    await world.admit("sign", b, signRows(20, 1), 0.001, at(1));
    // It has no row that is held out: that does not help, but is tried.
    expect(await sweep(2, 20)).toEqual(["batches"]);
    expect(stuck()).toHaveLength(2);
    await world.admit("sign", a, signRows(100), 0.5, at(21));
    expect(await sweep(22, 40)).toEqual(["batches"]);
    expect(await world.verdict()).toMatchObject({ decision: "promote", holdout: { batches: [a] } });
  });

  test("because nobody has applied its model, or the definition no longer fits, is made when another is applied", async () => {
    await expect(world.evaluate({}, "first", at(0))).rejects.toThrow(UnknownModelError);
    await given({ challenger: "good" });
    await world.apply(signYaml().replace("name: x,", "name: z,"));
    expect(await sweep(1, 20)).toEqual(["definition"]);
    expect(stuck().map(({ data }) => data.reason)).toEqual([
      expect.stringContaining("no model named sign is applied") as string,
      expect.stringContaining("has no column z") as string,
    ]);
    await world.apply(signYaml());
    expect(await sweep(21, 40)).toEqual(["definition"]);
    expect(await world.verdict()).toMatchObject({ decision: "promote" });
  });

  test("is made by replay, too", async () => {
    await given();
    await world.container("runs").deleteBlob(onnxOf("sign", "2").path);
    const message = world.command({}, "first");
    await expect(world.deliver(message, at(0))).rejects.toThrow(MissingModelError);
    await world.putModel("sign", "2", "good");
    await world.deliver(message, at(1));
    expect(await world.verdict()).toMatchObject({ decision: "promote", cause: message.id });
    expect(await sweep(2, 20)).toEqual([]);
  });

  test("and was then superseded is made by replay, and by nothing else", async () => {
    await given();
    await world.container("runs").deleteBlob(onnxOf("sign", "2").path);
    const message = world.command({}, "first");
    await expect(world.deliver(message, at(0))).rejects.toThrow(MissingModelError);
    await world.putModel("sign", "3", "probabilities");
    await world.evaluate({ version: "3" }, "first", at(1));
    expect(await world.judgement("2")).toMatchObject({ state: "superseded", newer: "3" });
    await world.putModel("sign", "2", "good");
    expect(await sweep(2, 20)).toEqual([]);
    await world.deliver(message, at(21));
    expect(await world.judgement("2")).toMatchObject({ state: "said" });
    expect(await world.verdict("2")).toMatchObject({ decision: "promote" });
  });
});

describe("a judgement that does not get on", () => {
  /** Written down, and nothing more: its message was given up on. */
  async function stall(): Promise<string> {
    await given();
    const message = world.command({}, "first");
    world.recorder.breath = 0;
    await world.deliver(message, at(0)).catch(() => undefined);
    world.recorder.forget();
    return message.id;
  }

  test("is asked for again after ten minutes, ever more rarely, and told to be stuck once", async () => {
    await stall();
    const asked: number[] = [];
    // 10, 20, 40 minutes apart, and at last six hours.
    const times = [10, 30, 70, 150, 310, 630, 990, 1_350];
    for (const minute of times.flatMap((time) => [time - 1, time])) {
      if ((await world.sweep(at(minute))).length > 0) asked.push(minute);
      expect(stuck(), `after ${minute} minutes`).toHaveLength(minute < 150 ? 0 : 1);
    }
    expect(asked).toEqual(times);
    expect(stuck()).toMatchObject([
      {
        data: {
          about: "2",
          state: "decided",
          since: at(0).toISOString(),
          reason: expect.stringContaining("asked about 3 times more and is still decided") as string,
          remedy: expect.stringContaining("tried again by itself, ever more rarely") as string,
        },
      },
    ]);
  });

  test("goes on under the ids that it would have had", async () => {
    const id = await stall();
    const [message] = await world.sweep(at(10));
    expect(message?.data.again).toEqual({ because: "stalled", of: id });
    await world.deliver(message ?? expect.fail("not asked"), at(10));
    expect(judged()).toMatchObject([{ causationid: id }]);
    expect(await world.judgement()).toMatchObject({ state: "said", nudges: 0, asked: { command: id }, commands: [id] });
  });
});

describe("a sweep", () => {
  test("looks at all the others where one record cannot be read, and says so", async () => {
    await given({ promotedAt: at(-30), gate: "  cooldown: 1h" });
    await world.evaluate({}, "first", at(0));
    for (const version of ["1", "3"]) {
      await openJudgements(world.service, "sign").mark(version);
      await world.put("verdicts", paths.judgement("sign", version), "no record");
    }
    const failure = await world.sweep(at(30)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SweepError);
    expect(String(failure)).toContain("2 of what judgements looks after could not be looked at");
    expect(world.recorder.heard(evaluateModel).map(({ data }) => data.version)).toEqual(["2"]);
  });

  test("is made once for a minute, whatever the number of instances", async () => {
    await given({ promotedAt: at(-30), gate: "  cooldown: 1h" });
    await world.evaluate({}, "first", at(0));
    await Promise.all([world.sweep(at(30)), world.sweep(at(30)), world.sweep(at(30.5))]);
    const asked = world.recorder.heard(evaluateModel);
    expect(asked).toHaveLength(1);
    expect(asked.map((message) => world.recorder.timesSaid(message))).toEqual([1]);
  });
});

describe("the index of open judgements", () => {
  const marks = async () => (await Array.fromAsync(openJudgements(world.service).marks())).map(({ key }) => key);

  test("keeps what is open, and lets go of what is closed only after hours", async () => {
    await given({ rows: 40 });
    await world.evaluate({}, "first", at(0));
    await world.putModel("sign", "3", "good");
    await world.evaluate({ version: "3" }, "first", at(0));
    expect(await marks()).toEqual(["sign/2", "sign/3"]);
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
    await world.sweep(hours(2.9));
    expect(await marks()).toEqual(["sign/2", "sign/3"]);
    await world.sweep(hours(3.1));
    expect(await marks()).toEqual(["sign/3"]);
  });

  test("is not confused by a model that is called as it is", async () => {
    await world.apply(signYaml().replace("model: sign", "model: open"));
    await world.admit("open", c, signRows(40));
    await world.putModel("open", "2", "good");
    await world.evaluate({ model: "open", trainedOn: [c] }, "first");
    const path = paths.judgement("open", "2");
    expect(await marks()).toEqual(["open/2"]);
    await world.sweep(new Date(Date.now() + 10 * 3_600_000));
    expect(await world.pathsOf("verdicts", path)).toEqual([path]);
  });
});

test("a command that asks again for what is not recorded, or has gone on, is let be", async () => {
  await given({ rows: 40 });
  const data = { ...world.command({}).data, again: { because: "rows", of: "a command" } };
  const ask = (cause: string) => world.deliver(world.command(data, cause), at(0));
  await ask("before");
  expect(await world.judgement()).toBeUndefined();
  await world.evaluate({}, "first", at(0));
  await admit(d, 300, 1);
  await ask("after");
  expect(judged()).toHaveLength(1);
  expect(world.recorder.heard(evaluateModel)).toEqual([]);
});
