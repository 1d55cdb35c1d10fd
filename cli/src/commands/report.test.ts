import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { holdoutEpoch, paths, type Verdict, verdict } from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { writeReport } from "./report.ts";

let started: TestDeployment;
beforeAll(async () => {
  started = await startTestDeployment();
});
afterAll(() => started?.[Symbol.asyncDispose]());

const verdictOf = (version: string, judgedAt: string, more: Partial<Verdict> = {}): Verdict => ({
  ...verdict.example,
  ...{ version, judgedAt },
  ...more,
});

async function put(path: string, value: Verdict): Promise<void> {
  await started.deployment.documents("verdicts").write(path, verdict, value, "any");
}

const report = (version?: string, numbers = false) => {
  const out = join(started.folder, "report.html");
  return writeReport(started.deployment, "digits", { version, out, numbers });
};

describe("the report of a verdict", () => {
  test("cannot be written before anything was judged", async () => {
    await expect(report()).rejects.toThrow("no version of digits was judged yet");
  });

  test("is of the version that is named, or of the one that was judged last; and tells of the others", async () => {
    const documents = started.deployment.documents("verdicts");
    await documents.write(paths.holdoutEpoch("digits"), holdoutEpoch, holdoutEpoch.example, "any");
    await put(paths.verdict("digits", "7"), verdictOf("7", "2026-11-23T09:00:00.000Z"));
    await put(
      paths.formerVerdict("digits", "7", 1),
      verdictOf("7", "2026-11-22T09:00:00.000Z", { decision: "hold", reasons: ["too young a champion"] }),
    );
    await put(
      paths.verdict("digits", "8"),
      verdictOf("8", "2026-11-24T09:00:00.000Z", { decision: "reject", reasons: ["worse <b>by far</b>"] }),
    );
    const last = await report();
    expect(last).toMatchObject({ model: "digits", version: "8", decision: "reject" });
    const page = await readFile(last.file, "utf8");
    expect(page).toContain("worse &lt;b&gt;by far&lt;/b&gt;");
    expect(page).toContain("too young a champion");
    expect(page).toContain(verdict.example.onnx.sha256);
    const named = await report("7");
    expect(named).toMatchObject({ version: "7", decision: "promote" });
    expect(await readFile(named.file, "utf8")).toContain("<title>digits, version 7: Promote</title>");
  });

  test("leaves numbers out where the gate keeps them back, as long as the rows that gave them may judge others", async () => {
    const documents = started.deployment.documents("verdicts");
    const policy = { ...verdict.example.policy, reveal: "decision", reuseBudget: 20, holdoutMaxAge: 86_400_000 };
    const reason = "better by 0.0123, at least";
    await put(
      paths.verdict("digits", "10"),
      verdictOf("10", "2026-11-25T09:00:00.000Z", { policy, heldFor: [], reasons: [reason] }),
    );
    const openedNow = { ...holdoutEpoch.example, epoch: 1, openedAt: new Date().toISOString() };
    await documents.write(paths.holdoutEpoch("digits"), holdoutEpoch, openedNow, "any");
    expect(await report("10")).toMatchObject({ decision: "promote", keptBack: true });
    const kept = await readFile((await report("10")).file, "utf8");
    expect(kept).not.toContain(reason);
    expect(kept).toContain("it is shown to be better than the champion");
    expect(await report("10", true)).toMatchObject({ keptBack: false });
    expect(await readFile((await report("10", true)).file, "utf8")).toContain(reason);
    await documents.write(paths.holdoutEpoch("digits"), holdoutEpoch, { ...openedNow, epoch: 2 }, "any");
    expect(await report("10")).toMatchObject({ keptBack: false });
  });

  test("is not there of a version that was not judged: which were is said", async () => {
    await expect(report("9")).rejects.toThrow("version 9 of digits has no verdict; judged were 10, 8, 7");
  });
});
