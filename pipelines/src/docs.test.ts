import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const repository = join(import.meta.dirname, "..", "..");

test.each(["docs/deploy.md", "docs/migrate.md"])("%s names files and packages that exist", (document) => {
  const text = readFileSync(join(repository, document), "utf8");
  const links = [...text.matchAll(/\]\((\.\.[^)#]*)\)/g)].map(([, link = ""]) => join(dirname(document), link));
  const programs = [...text.matchAll(/\b((?:pipelines|cdktf)\/[\w/-]+\.(?:ts|sh|yml))\b/g)].map(
    ([, path = ""]) => path,
  );
  expect(links.length).toBeGreaterThan(1);
  for (const path of [...links, ...programs]) expect(existsSync(join(repository, path)), path).toBe(true);
});

test("docs/deploy.md counts what the reviewed plan has", () => {
  const plan = readFileSync(join(repository, "cdktf/golden/dev.txt"), "utf8");
  const [, resources] = /^resources: (\d+)$/m.exec(plan) ?? [];
  const [, roles] = /^role assignments: (\d+)$/m.exec(plan) ?? [];
  expect(readFileSync(join(repository, "docs/deploy.md"), "utf8")).toContain(
    `${resources} resources and ${roles} role assignments for \`dev\``,
  );
});
