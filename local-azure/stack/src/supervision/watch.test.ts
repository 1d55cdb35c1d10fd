import type { SiteDown } from "@local-azure/app-service";
import { beforeEach, expect, test } from "vitest";
import type { ServerReport } from "./server-report.ts";
import { watchSites } from "./site-watch.ts";
import { createWatch, type Watch } from "./watch.ts";

let watch: Watch;
let said: string[];
let failure: Promise<string>;
beforeEach(() => {
  said = [];
  watch = createWatch((report: ServerReport) => said.push(`${report.server} ${report.kind}`));
  // What is still open after all that has been told is no failure.
  failure = Promise.race([watch.failure.then(({ message }) => message), Promise.resolve("none")]);
});
const failed = async () => {
  await failure;
  return Promise.race([watch.failure.then(({ message }) => message), Promise.resolve("none")]);
};
const end = (servedMs: number) => ({ reason: "it fell over", output: ["a line"], servedMs });

test("a vital server is given up with its fifth end, and stays down", async () => {
  const waits = Array.from({ length: 5 }, () => watch.ended("storage", end(1_000), { vital: true }));
  expect(waits).toEqual([250, 500, 1_000, 2_000, undefined]);
  expect(said).toEqual(Array(4).fill("storage down"));
  expect(await watch.failure).toMatchObject({
    server: "storage",
    message: "storage has ended 5 times within 60 s of service. The last time: it fell over",
    output: ["a line"],
  });
});

test("another server's ends are not its own", async () => {
  for (const server of ["a", "b", "a", "b", "a", "b", "a", "b"]) watch.ended(server, end(0), { vital: true });
  expect(await failed()).toBe("none");
});

test("one that serves a minute in between is started again for ever", async () => {
  for (let count = 0; count < 20; count++) {
    expect(watch.ended("storage", end(60_000), { vital: true })).toBe(250);
    watch.up("storage");
  }
  expect(await failed()).toBe("none");
});

test("that it is up is said once, and only of one that was down", () => {
  watch.up("storage");
  watch.ended("storage", end(0), { vital: true });
  watch.up("storage");
  watch.up("storage");
  expect(said).toEqual(["storage down", "storage up"]);
});

const down = (site: string, slot: string): SiteDown => ({ ...end(0), site, slot, retryInMs: 30_000 });

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
  expect(await failed()).toBe("none");
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
