import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { services } from "@ratchet/contracts";
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

test("the services that docs/deploy.md goes through are those of the topology, and it names and counts none by hand", () => {
  const text = readFileSync(join(repository, "docs/deploy.md"), "utf8");
  const [, program = ""] = /^for service in \$\(node (\S+)\); do$/m.exec(text) ?? [];
  const printed = execFileSync(process.execPath, [join(repository, program)], { encoding: "utf8" });
  expect(printed.trim().split("\n")).toEqual(services);
  const [, ...lists] = text.split(new RegExp(`(?:${services.join("|")})[, ]+(?:and )?(?=${services.join("|")})`));
  expect(lists).toEqual([]);
  expect(text).not.toMatch(/\b\d+ (resources|role assignments|storage accounts|services|queues)\b/);
});
