import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openResourceStore } from "./resource-store.ts";

const collection = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sheds/sheds";
const shed = (name: string, colour = "red") => ({ id: `${collection}/${name}`, name, colour });

test("an id is found in any spelling of its case and shown in the one it was created with", () => {
  const store = openResourceStore<ReturnType<typeof shed>>();
  store.put(shed("Mine"));
  expect(store.get(`${collection}/Mine`.toUpperCase())).toEqual(shed("Mine"));
});

test("a resource put twice is replaced and keeps its place in the list", () => {
  const store = openResourceStore<ReturnType<typeof shed>>();
  expect(store.put(shed("a"))).toBe("created");
  expect(store.put(shed("b"))).toBe("created");
  expect(store.put(shed("a", "blue"))).toBe("replaced");
  expect(store.list(collection)).toEqual([shed("a", "blue"), shed("b")]);
});

test("a list holds what is directly in the collection and nothing deeper", () => {
  const store = openResourceStore();
  store.put(shed("a"));
  store.put({ id: `${collection}/a/doors/front` });
  expect(store.list(collection)).toEqual([shed("a")]);
});

test("a list is read page by page in either direction", () => {
  const store = openResourceStore<ReturnType<typeof shed>>();
  for (const name of ["a", "b", "c"]) store.put(shed(name));
  const names = (page: Parameters<typeof store.list>[1]) => store.list(collection, page).map(({ name }) => name);
  expect(names({ skip: 1, top: 2 })).toEqual(["b", "c"]);
  expect(names({ skip: 0, top: 2, newestFirst: true })).toEqual(["c", "b"]);
});

test("a deleted resource is gone, and deleting it again says so", () => {
  const store = openResourceStore();
  store.put(shed("a"));
  expect(store.delete(`${collection}/A`)).toBe(true);
  expect(store.delete(`${collection}/A`)).toBe(false);
  expect(store.get(`${collection}/a`)).toBeUndefined();
});

test("a store in a file holds what was put before it was closed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "resource-store-"));
  const file = join(folder, "data", "resources.db");
  const before = openResourceStore(file);
  before.put(shed("a"));
  before.close();
  const after = openResourceStore(file);
  expect(after.get(`${collection}/a`)).toEqual(shed("a"));
  after.close();
  await rm(folder, { recursive: true });
});
