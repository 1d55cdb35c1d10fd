import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** The rooms of the house, and what each may know. A room always knows itself. */
const house: readonly { readonly room: string; readonly knows: readonly string[] }[] = [
  { room: "contracts", knows: [] },
  { room: "state", knows: ["contracts"] },
  { room: "messaging", knows: ["contracts", "state"] },
  ...["data-watcher", "training-runner", "evaluator", "deployer", "inference", "console"].map((service) => ({
    room: `services/${service}`,
    knows: ["contracts", "state", "messaging"],
  })),
  { room: "local-azure", knows: [] },
  { room: "cli", knows: ["contracts", "state", "messaging", "local-azure"] },
  { room: "cdktf", knows: ["contracts"] },
];

/** Tests and what helps them may use the local Azure: they run against the real servers. */
const isTest = (path: string) => /\.(test|fixture)\.ts$|\/(testing|conformance|fixtures|test)\//.test(path);

/** Building a bundle is a matter of the workspace, not of a room. */
const workshop = "scripts";

const roomOf = (path: string): string | undefined =>
  house.map(({ room }) => room).find((room) => path === room || path.startsWith(`${room}/`));

async function packageRooms(): Promise<ReadonlyMap<string, string>> {
  const files = await readdir(root, { recursive: true, withFileTypes: true }).then((entries) =>
    entries.filter(({ name, parentPath }) => name === "package.json" && !parentPath.includes("node_modules")),
  );
  const rooms = new Map<string, string>();
  for (const { parentPath, name } of files) {
    const room = roomOf(relative(root, parentPath));
    const { name: packageName } = JSON.parse(await readFile(join(parentPath, name), "utf8"));
    if (room && packageName) rooms.set(packageName, room);
  }
  return rooms;
}

const importPattern = /(?:from\s+|import\s*\(\s*|import\s+)"([^"]+)"/g;

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly file: string;
}

async function arrows(): Promise<readonly Arrow[]> {
  const packages = await packageRooms();
  const found: Arrow[] = [];
  for (const { room } of house) {
    const entries = await readdir(join(root, room), { recursive: true, withFileTypes: true });
    for (const { name, parentPath } of entries) {
      const file = relative(root, join(parentPath, name));
      if (!name.endsWith(".ts") || /node_modules|\/dist\//.test(file) || isTest(file)) continue;
      for (const [, specifier = ""] of (await readFile(join(root, file), "utf8")).matchAll(importPattern)) {
        const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : specifier.split("/")[0];
        const target = specifier.startsWith(".") ? relative(root, join(parentPath, specifier)) : undefined;
        const to = target === undefined ? packages.get(name ?? "") : (roomOf(target) ?? target.split("/")[0]);
        if (to !== undefined && to !== room && to !== workshop) found.push({ from: room, to, file });
      }
    }
  }
  return found;
}

describe("the house", async () => {
  const all = await arrows();

  test.each(house)("lets $room know only $knows", ({ room, knows }) => {
    const forbidden = all.filter(({ from, to }) => from === room && !knows.includes(to));
    expect(forbidden).toEqual([]);
  });

  test("has arrows at all, so that this test can fail", () => {
    expect(all.some(({ from, to }) => from === "messaging" && to === "contracts")).toBe(true);
    expect(all.some(({ from, to }) => from === "cli" && to === "local-azure")).toBe(true);
  });

  test("keeps the contracts free of any Azure SDK", async () => {
    const { dependencies } = JSON.parse(await readFile(join(root, "contracts/package.json"), "utf8"));
    expect(Object.keys(dependencies).filter((name) => name.startsWith("@azure/"))).toEqual([]);
  });
});
