import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { canSeeProcesses, createProcessTree, type ProcessTree } from "./processes.ts";

const idsIn = async (tree: ProcessTree) => (await tree.look()).map(({ id }) => id);
/** Lives until it is ended, and so does its child. */
const family = () => spawn("sh", ["-c", "sleep 1000 & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });

test.runIf(canSeeProcesses)("what becomes a root while somebody looks is in the tree from then on", async () => {
  const tree = createProcessTree();
  const looking = tree.look();
  // By then it has a list of all processes, and reads one after the other.
  await readdir("/proc");
  const parent = family();
  tree.root(parent.pid ?? 0);
  await looking;
  const child = Number(await once(parent.stdout, "data"));
  expect(await idsIn(tree)).toEqual(expect.arrayContaining([parent.pid, child]));
  for (const found of await tree.look()) await tree.signal(found, "SIGKILL");
});

test.runIf(canSeeProcesses)(
  "a process that was seen is in the tree though its parent is gone, and takes signals once",
  async () => {
    const tree = createProcessTree();
    const parent = family();
    tree.root(parent.pid ?? 0);
    const child = Number(await once(parent.stdout, "data"));
    const found = (await tree.look()).find(({ id }) => id === child) ?? expect.fail("the child is seen");
    parent.kill("SIGKILL");
    await once(parent, "exit");
    expect(await idsIn(tree)).toEqual([child]);
    expect(await tree.signal(found, "SIGKILL")).toBe(true);
    await expect.poll(() => idsIn(tree)).toEqual([]);
    expect(await tree.signal(found, "SIGKILL")).toBe(false);
  },
);
