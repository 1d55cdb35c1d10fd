import { beforeEach, expect, test } from "vitest";
import type { ServerReport } from "./server-report.ts";
import { startThoughKilled } from "./start-though-killed.ts";
import { createWatch } from "./watch.ts";

class Killed extends Error {}
let reports: ServerReport[];
beforeEach(() => {
  reports = [];
});
const starting = (start: () => Promise<string>) =>
  startThoughKilled({
    name: "storage",
    watch: createWatch((report) => reports.push(report)),
    start,
    killedStart: (error) => (error instanceof Killed ? { reason: error.message, output: [] } : undefined),
  });
const kinds = () => reports.map(({ kind }) => kind);

test("a server whose process is killed before it serves is started again at once, and it is said that it was down", async () => {
  let starts = 0;
  const start = async () => {
    starts += 1;
    if (starts < 3) throw new Killed("killed by SIGKILL");
    return "it serves";
  };
  expect(await starting(start)).toBe("it serves");
  expect(kinds()).toEqual(["down", "down", "up"]);
  expect(reports[0]).toMatchObject({ server: "storage", reason: "killed by SIGKILL", retryInMs: 0 });
});

test("one that is killed five times is given up with the last reason", async () => {
  let starts = 0;
  const start = async () => {
    starts += 1;
    throw new Killed(`killed ${starts}`);
  };
  await expect(starting(start)).rejects.toThrow("killed 5");
  expect(kinds()).toEqual(["down", "down", "down", "down"]);
});

test("one that fails by itself is the error of the start, and nothing is said of it before", async () => {
  const start = () => Promise.reject(new Error("the port is in use"));
  await expect(starting(start)).rejects.toThrow("the port is in use");
  expect(kinds()).toEqual([]);
});

test("of one that starts at once nothing is said", async () => {
  expect(await starting(async () => "it serves")).toBe("it serves");
  expect(kinds()).toEqual([]);
});
