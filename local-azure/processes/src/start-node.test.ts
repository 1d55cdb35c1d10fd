import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { howItEnded, keepLastLines, startNode } from "./index.ts";
import { lives } from "./testing/lives.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "processes-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program in a file of its own. */
async function program(name: string, text: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, text);
  return file;
}

const { PATH } = process.env;
const dead = (id: number) => vi.waitFor(() => expect(lives(id)).toBe(false), { timeout: 10_000, interval: 20 });

test("messages pass both ways, with an environment of the child's own", async () => {
  const file = await program(
    "echo",
    "process.on('message', (message) => process.send({ message, environment: process.env }));",
  );
  const child = startNode(file, { environment: { WORD: "given", "a.dotted": "word" }, serialization: "advanced" });
  child.send({ bytes: Buffer.from("abc") });
  const [answer] = await once(child, "message");
  expect(answer).toEqual({
    message: { bytes: Buffer.from("abc") },
    environment: { WORD: "given", "a.dotted": "word" },
  });
  child.kill();
  expect(await once(child, "close")).toEqual([null, "SIGTERM"]);
});

test("how it ended is said in words, with the last lines of what it wrote", async () => {
  const file = await program(
    "talker",
    "for (let line = 1; line <= 30; line++) console.log('line', line); console.error('out of luck'); process.exitCode = 3;",
  );
  const child = startNode(file, { environment: { PATH } });
  const lines = keepLastLines([child.stdout, child.stderr]);
  const [code, signal] = await once(child, "close");
  expect(howItEnded(code, signal)).toBe("ended with exit code 3");
  expect(howItEnded(null, "SIGKILL")).toBe("was killed by SIGKILL");
  expect(lines()).toHaveLength(20);
  expect(lines()).toContain("out of luck");
  expect(lines()).toContain("line 30");
  expect(lines()).not.toContain("line 11");
});

test.each([
  ["is in an endless loop", "process.send('ready'); for (;;) ;", undefined],
  ["is stopped", "setInterval(() => {}, 1000); process.send('ready');", "SIGSTOP"],
  [
    "ignores signals",
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.send('ready');",
    "SIGTERM",
  ],
] as const)("a child that %s ends with the parent that is killed", async (what, text, signal) => {
  const file = await program(what.replaceAll(" ", "-"), text);
  const parentFile = await program(
    "parent",
    `import { startNode } from ${JSON.stringify(join(import.meta.dirname, "start-node.ts"))};
     const child = startNode(process.argv[2], { environment: { PATH: process.env.PATH } });
     child.once("message", () => console.log(child.pid));`,
  );
  const parent = spawn(process.execPath, [parentFile, file], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
  const child = Number(line);
  expect(lives(child)).toBe(true);
  if (signal) process.kill(child, signal);
  parent.kill("SIGKILL");
  await dead(child);
});

test("what a child has started ends with the child", async () => {
  const file = await program(
    "grandparent",
    "import { spawn } from 'node:child_process'; process.send(spawn('sleep', ['300'], { stdio: 'ignore' }).pid);",
  );
  const child = startNode(file, { environment: { PATH } });
  const [grandchild] = (await once(child, "message")) as [number];
  expect(lives(grandchild)).toBe(true);
  child.kill("SIGKILL");
  await dead(grandchild);
});
