import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { connectLocal, type Deployment, type LocalDeployment, localDeploymentFile } from "@ratchet/cli/deployment";
import { credentialOf } from "./credential.ts";

/** One run of `ratchet up`, from its start to its end. Times are milliseconds since the epoch. */
export interface Life {
  readonly processId: number;
  readonly startedAt: number;
  /** When it said that it is ready; undefined as long as it has not. */
  readyAt: number | undefined;
  endedAt: number | undefined;
  /** How it ended, e.g. `with exit code 1`, and that exit code; null where a signal ended it. */
  how: string;
  code: number | null;
  /** Since when it was told to end, or killed by us; undefined where it ends by itself. */
  endsSince: number | undefined;
  /** The last of what it wrote. */
  readonly lastLines: readonly string[];
}

/** `ratchet up` on one folder, started again whenever it has ended: the user who does not give in. */
export interface RatchetUp {
  readonly lives: readonly Life[];
  /** The connection to the stack as it runs now; undefined as long as it is not ready. */
  readonly deployment: Deployment | undefined;
  /** Told of each start, and each end. */
  readonly onStart: ((life: Life) => void)[];
  readonly onEnd: ((life: Life) => void)[];
  /** Says that what happens now to the process is our doing. */
  expectEnd(): void;
  /** Asks it to end, as Ctrl-C does; it is started again. */
  interrupt(): void;
  /** Ends it for good. @returns how it ended. */
  stop(): Promise<Life>;
}

const main = join(import.meta.dirname, "../../../cli/src/main.ts");
const restartMs = 500;
const linesKept = 40;

export function keepRatchetUp(folder: string, logFile: string): RatchetUp {
  const log = createWriteStream(logFile, { flags: "a" });
  const lives: Life[] = [];
  const onStart: ((life: Life) => void)[] = [];
  const onEnd: ((life: Life) => void)[] = [];
  let stopping = false;
  let child: ChildProcess | undefined;
  let deployment: Deployment | undefined;
  let ended = Promise.resolve();

  const disconnect = (): void => {
    // What hangs in it fails in its own time.
    deployment?.close().catch(() => undefined);
    deployment = undefined;
  };

  async function connect(life: Life): Promise<void> {
    const local = JSON.parse(await readFile(localDeploymentFile(folder), "utf8")) as LocalDeployment;
    const connected = await connectLocal(local, credentialOf(local));
    if (life.endedAt !== undefined) return;
    life.readyAt = Date.now();
    deployment = connected;
  }

  function start(): void {
    const started = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", main, "--folder", folder, "up", "--no-set-up"],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } },
    );
    child = started;
    const lastLines: string[] = [];
    const life: Life = {
      processId: started.pid ?? 0,
      startedAt: Date.now(),
      readyAt: undefined,
      endedAt: undefined,
      how: "",
      code: null,
      endsSince: undefined,
      lastLines,
    };
    lives.push(life);
    log.write(`--- ratchet up, process ${life.processId}\n`);
    for (const stream of [started.stdout, started.stderr] as readonly Readable[])
      createInterface({ input: stream }).on("line", (line) => {
        log.write(`${new Date().toISOString()} ${line}\n`);
        lastLines.push(line);
        if (lastLines.length > linesKept) lastLines.shift();
        if (/ ✓ ready$/.test(line)) connect(life).catch((error) => log.write(`could not connect: ${error}\n`));
      });
    ended = new Promise((resolve) => {
      started.once("exit", (code, signal) => {
        life.endedAt = Date.now();
        life.code = code;
        life.how = signal ? `by ${signal}` : `with exit code ${code}`;
        log.write(`--- ended ${life.how}\n`);
        disconnect();
        for (const listener of onEnd) listener(life);
        resolve();
        if (!stopping) void delay(restartMs).then(() => stopping || start());
      });
    });
    for (const listener of onStart) listener(life);
  }

  const current = (): Life => lives.at(-1) as Life;
  start();
  return {
    lives,
    onStart,
    onEnd,
    get deployment() {
      return deployment;
    },
    expectEnd() {
      current().endsSince ??= Date.now();
    },
    interrupt() {
      current().endsSince ??= Date.now();
      child?.kill("SIGTERM");
    },
    async stop() {
      stopping = true;
      current().endsSince ??= Date.now();
      child?.kill("SIGTERM");
      await ended;
      log.end();
      return current();
    },
  };
}
