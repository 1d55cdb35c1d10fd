import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { until } from "@ratchet/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { commandLineOf, runCommandLine } from "../command-line/run.ts";
import { localDeploymentFile } from "../deployment.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-up-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const up of running) up.kill("SIGKILL");
});

/** Loaded before `ratchet`: a signal makes it fail as a fault of its own would, where nobody catches it. */
const faulty = `process.on("SIGUSR2", () => { throw new TypeError("a fault of its own"); });`;

interface Up {
  readonly process: ChildProcess;
  /** Waits until it has said something that matches. */
  says(what: RegExp): Promise<unknown>;
  said(): string;
}

function up(): Up {
  const main = join(import.meta.dirname, "../main.ts");
  const flags = [
    "--disable-warning=ExperimentalWarning",
    "--import",
    `data:text/javascript,${encodeURIComponent(faulty)}`,
  ];
  const child = spawn(process.execPath, [...flags, main, "--folder", folder, "up", "--no-set-up"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    // Colours where whoever runs the tests forces them.
    said += stripVTControlCharacters(text);
  });
  return {
    process: child,
    says: (what) => until(`"${what}" in:\n${said}`, () => what.test(said), 90_000),
    said: () => said,
  };
}

interface Child {
  readonly id: number;
  readonly command: string;
}

function childrenOf(parent: ChildProcess): readonly Child[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" })
    .split("\n")
    .flatMap((line) => {
      const [, id, parentId, state, command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return Number(parentId) === parent.pid && !state?.startsWith("Z") ? [{ id: Number(id), command }] : [];
    });
}

function kill(parent: ChildProcess, program: string): void {
  const child = childrenOf(parent).find(({ command }) => command.includes(program));
  if (!child) throw new Error(`nothing that runs ${program} is a child of ratchet`);
  process.kill(child.id, "SIGKILL");
}

function lives(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

test("what `ratchet up` runs is started again when it is killed, and stops with the reason when it fails itself", async () => {
  const first = up();
  await first.says(/next, in another terminal/);
  const [, address = ""] = /console to open\s+(\S+)/.exec(first.said()) ?? [];
  const entered = await fetch(address, { redirect: "manual" });
  expect([entered.status, entered.headers.get("location")]).toEqual([303, "/"]);

  kill(first.process, "storage/src/service-process.ts");
  // A command that comes meanwhile is refused at first, tries again, and has its answer.
  expect(await commandLineOf(folder)("status")).toEqual([]);
  await first.says(/✗ storage is down: its process was killed by SIGKILL; it is started again in 0\.3 s/);
  await first.says(/✓ storage is up again after \d+\.\d s/);
  kill(first.process, "functions-host/src/child.ts");
  await first.says(/✗ [\w-]+ is down: the process ended with SIGKILL; it is started again in 0\.3 s/);
  await first.says(/✓ (?!storage)[\w-]+ is up again after \d+\.\d s/);

  const second = await runCommandLine(["--folder", folder, "up", "--no-set-up"]);
  expect(second.code).toBe(1);
  expect(second.errors).toContain(`${folder} is in use by process ${first.process.pid} (`);
  expect(await commandLineOf(folder)("status")).toEqual([]);

  const children = childrenOf(first.process);
  expect(children.length).toBeGreaterThan(5);
  const ended = once(first.process, "close");
  first.process.kill("SIGUSR2");
  expect(await ended).toEqual([1, null]);
  expect(first.said()).toMatch(
    /error something went wrong that nobody was prepared for; .*\s+TypeError: a fault of its own\s+at /s,
  );
  await until("the end of all processes", () => !children.some(({ id }) => lives(id)), 10_000);
  expect(existsSync(localDeploymentFile(folder))).toBe(false);
}, 180_000);
