import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { batchEvidence, dropIdOf, dropRecord, paths } from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { type DroppedFile, dropFiles } from "./drop.ts";
import { followDrop } from "./follow-drop.ts";

describe("following what becomes of a dropped file", () => {
  let stage: TestDeployment;
  let dropped: DroppedFile;
  beforeAll(async () => {
    stage = await startTestDeployment();
    const file = join(stage.folder, "part.csv");
    await writeFile(file, "x,y\n1,2\n");
    [dropped] = (await dropFiles(stage.deployment, "digits", [file], { now: new Date() })) as [DroppedFile];
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const batch = "3".repeat(16);

  /** Writes down where the file is, as the data-watcher does. */
  async function becomes(of: Pick<typeof dropRecord.example, "phase" | "refusal">): Promise<void> {
    const { path: file, etag } = dropped;
    const { refusal: _, ...record } = dropRecord.example;
    const path = paths.dropRecord("digits", dropIdOf({ file, etag }));
    const documents = stage.deployment.documents("batches");
    await documents.write(path, dropRecord, { ...record, file, etag, batch, ...of }, "any");
  }

  test("ends when it is refused, with why", async () => {
    await becomes({ phase: "refused", refusal: { code: "malformed", reason: "line 9 has three fields too many" } });
    const reason = "line 9 has three fields too many";
    expect(await followDrop(stage.deployment, "digits", dropped)).toMatchObject({ outcome: "refused", reason });
  });

  test("ends when it is in quarantine, or admitted though it stands out, with why", async () => {
    const evidence = { ...batchEvidence.example, batch };
    const documents = stage.deployment.documents("batches");
    await documents.write(paths.batchEvidence("digits", batch), batchEvidence, evidence, "any");
    for (const phase of ["quarantined", "admitted"] as const) {
      await becomes({ phase });
      expect(await followDrop(stage.deployment, "digits", dropped)).toEqual({
        ...{ file: dropped.file, outcome: phase, batch, reason: evidence.summary },
      });
    }
  });

  test("waits until it is decided, and gives up with where the file is", async () => {
    await becomes({ phase: "inspected" });
    await expect(followDrop(stage.deployment, "digits", dropped, 100)).rejects.toThrow(/part\.csv is inspected/);
    const following = followDrop(stage.deployment, "digits", dropped);
    await becomes({ phase: "admitted" });
    expect(await following).toMatchObject({ outcome: "admitted" });
  });
});
