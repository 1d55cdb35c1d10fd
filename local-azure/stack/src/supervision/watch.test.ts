import { setImmediate as nextTurn } from "node:timers/promises";
import type { SiteDown } from "@local-azure/app-service";
import { beforeEach, expect, test } from "vitest";
import type { ServerReport } from "./server-report.ts";
import { watchSites } from "./site-watch.ts";
import { createWatch, type Watch } from "./watch.ts";

let watch: Watch;
let said: string[];
let time: number;
beforeEach(() => {
  said = [];
  time = 0;
  watch = createWatch(
    (report: ServerReport) => said.push(`${report.server} ${report.kind}`),
    () => time,
  );
});
/** Why all has to end, or "none" if that is not known by the next turn of the event loop. */
const failure = () => Promise.race([watch.failure.then(({ message }) => message), nextTurn("none")]);
const end = (served: boolean) => ({ reason: "it fell over", output: ["a line"], served });

test("a vital server is given up with its fifth end, and stays down", async () => {
  const waits = Array.from({ length: 5 }, () => watch.ended("storage", end(true), { vital: true }));
  expect(waits).toEqual([250, 500, 1_000, 2_000, undefined]);
  expect(said).toEqual(Array(4).fill("storage down"));
  expect(await watch.failure).toMatchObject({
    server: "storage",
    message: "storage has ended 5 times within 60 s. The last time: it fell over",
    output: ["a line"],
  });
});

test("one whose starts take long and fail is given up as well", async () => {
  for (const served of [true, false, false, false, false]) {
    watch.ended("storage", end(served), { vital: true });
    time += 50_000;
  }
  expect(await failure()).toBe("storage has ended 5 times without serving in between. The last time: it fell over");
});

test("another server's ends are not its own", async () => {
  for (const server of ["a", "b", "a", "b", "a", "b", "a", "b"]) watch.ended(server, end(false), { vital: true });
  expect(await failure()).toBe("none");
});

test("one that ends less often is started again for ever", async () => {
  for (let count = 0; count < 20; count++) {
    watch.ended("storage", end(true), { vital: true });
    watch.up("storage");
    time += 15_000;
  }
  expect(await failure()).toBe("none");
});

test("that it is up is said once, with how long it was down, and only of one that was", () => {
  const reports: ServerReport[] = [];
  watch = createWatch(
    (report) => reports.push(report),
    () => time,
  );
  watch.up("storage");
  watch.ended("storage", end(true), { vital: true });
  time += 300;
  watch.ended("storage", end(false), { vital: true });
  time += 700;
  watch.up("storage");
  watch.up("storage");
  expect(reports).toEqual([
    { kind: "down", server: "storage", reason: "it fell over", retryInMs: 250 },
    { kind: "down", server: "storage", reason: "it fell over", retryInMs: 500 },
    { kind: "up", server: "storage", downMs: 1_000 },
  ]);
});

const down = (site: string, slot: string): SiteDown => ({
  site,
  slot,
  reason: "it fell over",
  output: [],
  servedMs: 0,
  retryInMs: 30_000,
});

test("a site that was published goes on being tried, of which no more is said until it is up", async () => {
  const sites = watchSites(watch);
  sites.starting(["deployer"]);
  sites.started();
  for (let count = 0; count < 10; count++) sites.down(down("digits", "staging"));
  sites.up({ site: "digits", slot: "staging" });
  for (let count = 0; count < 10; count++) sites.down(down("digits", "staging"));
  expect(said).toEqual([
    ...Array(4).fill("digits/staging down"),
    "digits/staging failing",
    "digits/staging up",
    "digits/staging failing",
  ]);
  expect(await failure()).toBe("none");
});

test("a site of the topology is vital once all of them have started", async () => {
  const sites = watchSites(watch);
  sites.starting(["deployer"]);
  sites.down(down("deployer", "production"));
  expect(said).toEqual([]);
  sites.started();
  for (let count = 0; count < 5; count++) sites.down(down("deployer", "production"));
  expect(said).toEqual(Array(4).fill("deployer down"));
  expect((await watch.failure).server).toBe("deployer");
});
