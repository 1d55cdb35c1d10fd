import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { flat, openLog } from "./log-file.ts";

const host = { time: "2026-11-23T09:00:00.000Z", level: "information", site: "evaluator" };

describe("a line of a service's log file", () => {
  test("has the service's own fields beside the host's", () => {
    const message = JSON.stringify({ message: "judged: hold", model: "digits", queue: "evaluate-model" });
    expect(flat({ ...host, message })).toEqual({
      ...host,
      message: "judged: hold",
      model: "digits",
      queue: "evaluate-model",
    });
  });

  test("keeps the host's time and level whatever a service says of them", () => {
    const message = JSON.stringify({ message: "late", time: "never", level: "loud" });
    expect(flat({ ...host, message })).toEqual({ ...host, message: "late" });
  });

  test.each(["Executed 'Functions.data-dropped'", "17", '{"no":"words"}'])(
    "is left as it came where it is no line of ours: %s",
    (message) => {
      expect(flat({ ...host, message })).toEqual({ ...host, message });
    },
  );
});

/** What is written to it finds the disk full. */
const full = "/dev/full";

test.runIf(existsSync(full))(
  "a full disk costs lines of a log, and nothing else; when there is room again it goes on",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "ratchet-log-"));
    const file = join(folder, "job-digits-1.log");
    await symlink(full, file);
    const log = await openLog(folder);
    const written = (job: string, line: string) =>
      vi.waitFor(async () => {
        log.job(job, line);
        expect(await readFile(join(folder, `job-${job}.log`), "utf8")).toContain(line);
      });
    log.job("digits-1", "lost");
    // When this one is there the other has been tried.
    await written("digits-2", "beside it");
    await rm(file);
    await written("digits-1", "there is room");
    await log.close();
    await rm(folder, { recursive: true });
  },
);
