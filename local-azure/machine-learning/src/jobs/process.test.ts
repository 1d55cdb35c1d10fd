import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test, vi } from "vitest";
import { lives } from "../testing/lives.ts";
import { runCommand } from "./process.ts";

const run = (command: string, onLine: (line: string, stream: string) => void = () => {}) =>
  runCommand({
    command,
    folder: import.meta.dirname,
    environment: { PATH: process.env["PATH"] ?? "" },
    signal: new AbortController().signal,
    graceMs: 500,
    onLine,
  });

test("a command's lines come whole and with their stream, the last one also without a line end", async () => {
  const lines: string[] = [];
  const end = await run("printf 'a\\nb'; echo c >&2; exit 7", (line, stream) => lines.push(`${stream}: ${line}`));
  expect(end).toEqual({ exitCode: 7, signal: null });
  expect(lines.toSorted()).toEqual(["stderr: c", "stdout: a", "stdout: b"]);
});

test("a command in a folder that does not exist is an error, not a silent success", async () => {
  const folder = join(import.meta.dirname, "nowhere");
  const options = { folder, command: "true", environment: {}, graceMs: 1, onLine: () => {} };
  await expect(runCommand({ ...options, signal: new AbortController().signal })).rejects.toThrow("ENOENT");
});

test("a command dies with the process that runs it, even if that is killed", async () => {
  const program = `
    import { runCommand } from ${JSON.stringify(join(import.meta.dirname, "process.ts"))};
    const options = { folder: "/", environment: { PATH: process.env.PATH }, graceMs: 1, signal: new AbortController().signal };
    await runCommand({ ...options, command: "sleep 300 & echo $!; wait", onLine: (line) => console.log(line) });`;
  const runner = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: runner.stdout }), "line")) as [string];
  expect(lives(Number(line))).toBe(true);
  runner.kill("SIGKILL");
  await vi.waitFor(() => expect(lives(Number(line))).toBe(false), { timeout: 10_000, interval: 20 });
});
