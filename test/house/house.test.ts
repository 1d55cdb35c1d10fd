import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { circlesIn } from "./circles.ts";
import { type Arrow, files, imports, packageOf, packages, root, sources } from "./imports.ts";
import { faultsOf, isBesides, isTest, roomOf, rooms, rowFor } from "./rooms.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Rooms that only tests and measurements use. */
const isForTests = (path: string) => /^(testing|test|bench)\//.test(path);

test("every package has its place in the house", () => {
  expect(packages.length).toBeGreaterThan(20);
  const homeless = packages.filter(({ folder }) => !rowFor(folder)).map(({ folder }) => folder);
  expect(homeless, "say in test/house/rooms.ts what these may know").toEqual([]);
});

test("every source is in a package or in a folder that has its place", () => {
  const homeless = sources.filter((path) => !roomOf(path) && path.includes("/"));
  expect(homeless).toEqual([]);
});

test("every row of the table has a package: no rule is left of a room that is gone", () => {
  const used = new Set(packages.map(({ folder }) => rowFor(folder)));
  expect(rooms.filter((row) => !used.has(row) && !isBesides(row))).toEqual([]);
});

test("each room imports only what it may know", () => {
  expect(faultsOf(imports)).toEqual([]);
});

test("what runs in production imports nothing that is there for tests", () => {
  const leaning = imports.filter(({ from, to }) => !isTest(from) && isTest(to) && !isForTests(from));
  expect(leaning.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test("what is thrown is said in one way: its type, then when", () => {
  const said = sources.flatMap((path) =>
    read(path)
      .split("\n")
      .filter((line) => /@throws/.test(line) && !/@throws \{\w+\} (when|naming) /.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(said.filter((line) => !line.startsWith("test/house/"))).toEqual([]);
});

test("no file is part of a circle of imports, of types neither", () => {
  expect(circlesIn(imports)).toEqual([]);
});

test("packages are imported by their faces, from other packages", () => {
  const around = imports.filter(({ from, to, name }) => {
    const [home, other] = [packageOf(from), packageOf(to)];
    return home && other && home !== other && (name.startsWith(".") || to.includes("(which it does not export)"));
  });
  expect(around, "export it from the package, and import it by the package's name").toEqual([]);
});

test("contracts stay light: no Azure SDK", () => {
  const contracts = packages.find(({ folder }) => folder === "contracts");
  expect(Object.keys(contracts?.dependencies ?? {}).filter((name) => name.startsWith("@azure/"))).toEqual([]);
});

test("the local Azure does not know the word Ratchet", () => {
  const ofLocalAzure = files.filter((path) => path.startsWith("local-azure/"));
  expect(ofLocalAzure.length).toBeGreaterThan(200);
  expect(ofLocalAzure.filter((path) => /ratchet/i.test(read(path)))).toEqual([]);
});

describe("the guard itself finds", () => {
  const found = (from: string, to: string): readonly string[] => faultsOf([{ from, to }]);

  test.each([
    ["services/evaluator/src/judge.ts", "services/deployer/src/plan.ts"],
    ["services/evaluator/src/judge.ts", "local-azure/storage/src/index.ts"],
    ["messaging/src/receive.ts", "testing/src/index.ts"],
    ["contracts/src/topology.ts", "state/src/index.ts"],
    ["local-azure/storage/src/storage.ts", "local-azure/event-grid/src/index.ts"],
    ["local-azure/storage/src/storage.ts", "contracts/src/index.ts"],
    ["cdktf/src/stack/stack.ts", "cli/src/program.ts"],
    ["services/evaluator/src/judge.test.ts", "services/deployer/src/plan.ts"],
    ["local-azure/storage/src/storage.test.ts", "testing/src/world.ts"],
    ["cli/src/main.ts", "services/console/src/view.ts"],
  ])("that %s imports %s", (from, to) => {
    expect(found(from, to)).toEqual([expect.stringContaining(`${from} imports ${to}`)]);
  });

  test("nothing in what is allowed", () => {
    expect(found("services/evaluator/src/judge.ts", "messaging/src/index.ts")).toEqual([]);
    expect(found("services/evaluator/src/judge.test.ts", "testing/src/index.ts")).toEqual([]);
    expect(isTest("services/evaluator/src/testing/world.ts")).toBe(true);
  });

  test("a circle, and says the way round", () => {
    const ring: readonly Arrow[] = [
      { from: "a.ts", to: "b.ts" },
      { from: "b.ts", to: "c.ts" },
      { from: "c.ts", to: "a.ts" },
      { from: "c.ts", to: "d.ts" },
    ];
    expect(circlesIn(ring)).toEqual(["a.ts → b.ts → c.ts → a.ts"]);
    expect(circlesIn(ring.slice(0, 2))).toEqual([]);
  });
});
