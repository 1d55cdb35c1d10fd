import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { files, root } from "./imports.ts";

const documents = files.filter((path) => path.endsWith(".md"));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The files and folders of this repository that a document's links lead to, pictures too. */
const linksIn = (path: string): readonly string[] =>
  [...read(path).matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, target = ""]) =>
    normalize(join(dirname(path), target)),
  );

/** The sources that a document names: `judge/rule.ts`, from wherever the reader is thought to stand. */
const sourcesNamedIn = (path: string): readonly string[] =>
  [...read(path).matchAll(/`\.{0,2}\/?([\w./-]+\.ts)`/g)].map(([, source = ""]) => source);

const isThere = (path: string) => files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`));

test("every link of a document leads somewhere", () => {
  const links = documents.flatMap((path) => linksIn(path).map((target) => ({ path, target })));
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(({ target }) => target !== "." && !isThere(target))).toEqual([]);
});

test("every source that a document names is there", () => {
  const named = documents.flatMap((path) => sourcesNamedIn(path).map((source) => ({ path, source })));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ source }) => !files.some((file) => file === source || file.endsWith(`/${source}`)))).toEqual(
    [],
  );
});
