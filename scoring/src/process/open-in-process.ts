import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { TransientError } from "@ratchet/messaging";
import type { ModelShape, OpenModel, ScoredApart, ScoringLimits } from "../models/model.ts";
import { UnusableModelError } from "../models/unusable-model.ts";
import { limitProcess } from "./limit-process.ts";
import type { Answer, Question, Race } from "./messages.ts";

/** A process that was to score could not begin, or was ended by somebody else. Trying again can help. */
export class ScoringProcessError extends TransientError {
  override readonly name = "ScoringProcessError";
}

/** Where processes come from that score. */
export interface ScoringProcesses {
  /** The file that such a process runs: `process/main.ts` of this package, or a bundle of it. */
  readonly file: URL;
  /** Told once, when processes here cannot be held to a limit of memory. */
  readonly onUnlimited?: () => void;
}

/** Whoever ends a process by one of these, it was not the model. */
const endedByOthers: ReadonlySet<string> = new Set(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"]);

/** In milliseconds: to start a process and load ONNX Runtime takes a tenth of a second, on a machine that does much else some seconds. */
const startsWithin = 60_000;

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

const tooMuchMemory = ({ memory }: ScoringLimits): string =>
  `it needs more than ${mebibytes(memory)} of memory to be scored: make it smaller, or raise gate.scoring.memory in ratchet.yaml`;

const tooMuchTime = ({ time }: ScoringLimits): string =>
  `it takes longer than ${time / 1000} s to be scored: make it faster, or raise gate.scoring.time in ratchet.yaml`;

/** What ONNX Runtime and V8 say when memory is refused to them. */
const ofMemory = /bad_alloc|bad allocation|out of memory|allocate memory|Allocation failed/i;

/** One that a process's end means for whoever waits for its answer. */
function endOf(code: number | null, signal: NodeJS.Signals | null, said: string, limits: ScoringLimits): Error {
  if (signal === "SIGXCPU") return new UnusableModelError(tooMuchTime(limits));
  if (signal !== null && endedByOthers.has(signal))
    return new ScoringProcessError(`a process that scored a model was ended by ${signal}; it is tried again`);
  if (ofMemory.test(said)) return new UnusableModelError(tooMuchMemory(limits));
  return new UnusableModelError(`it ends the process that scores it (${signal ?? `exit code ${code}`})`);
}

/** Asks a process, one question at a time. */
interface Asking {
  ask(question: Question): Promise<Exclude<Answer, { readonly kind: "ready" | "unusable" }>>;
  end(): Promise<void>;
}

/** The end of a process, and the last of what it wrote to its standard error. */
function watchEnd(child: ChildProcess, limits: ScoringLimits): Promise<Error> {
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said = (said + text.toString("utf8")).slice(-4_000);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(new ScoringProcessError(`no process to score with: ${error.message}`)));
    child.once("close", (code, signal) => resolve(endOf(code, signal, said, limits)));
  });
}

/** The next thing that a process says, or its end as an error; undefined where it says nothing for so long. */
async function hear(child: ChildProcess, ended: Promise<Error>, within: number): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let listener: ((answer: Answer) => void) | undefined;
  try {
    return await Promise.race([
      new Promise<Answer>((resolve) => {
        listener = resolve;
        child.once("message", listener);
      }),
      ended.then((error) => Promise.reject(error)),
      new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), Math.max(0, within));
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (listener) child.off("message", listener);
  }
}

async function start({ file, onUnlimited }: ScoringProcesses, limits: ScoringLimits): Promise<Asking> {
  const child = fork(fileURLToPath(file), [], {
    // Nothing that the services hold is for a model: no address, no token.
    env: {},
    execArgv: ["--max-old-space-size=256", "--disable-warning=ExperimentalWarning"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const ended = watchEnd(child, limits);
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  const begun = await hear(child, ended, startsWithin).catch(async (error: unknown) => {
    throw new ScoringProcessError(
      `a process to score with did not begin: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  if (!begun || child.pid === undefined) {
    await end();
    throw new ScoringProcessError("a process to score with did not begin in time; it is tried again");
  }
  if (!(await limitProcess(child.pid, limits))) onUnlimited?.();
  let left = limits.time;
  return {
    end,
    async ask(question) {
      const asked = performance.now();
      // That it is gone is heard by its end.
      child.send(question, () => undefined);
      const said = await hear(child, ended, left);
      left -= performance.now() - asked;
      if (!said) {
        await end();
        throw new UnusableModelError(tooMuchTime(limits));
      }
      if (said.kind === "unusable")
        throw new UnusableModelError(ofMemory.test(said.message) ? tooMuchMemory(limits) : said.message);
      if (said.kind === "ready") throw new TypeError("a process that scores has begun twice");
      return said;
    },
  };
}

async function open(asking: Asking, onnx: Uint8Array, shape: ModelShape): Promise<ScoredApart> {
  const opened = await asking.ask({ kind: "open", onnx, shape });
  if (opened.kind !== "opened") throw new TypeError(`asked to open a model, a process said ${opened.kind}`);
  const { kind: _, ...face } = opened;
  return {
    ...face,
    async run(features, rows) {
      const said = await asking.ask({ kind: "run", features, rows });
      if (said.kind !== "outputs") throw new TypeError(`asked to run a model, a process said ${said.kind}`);
      return said.values;
    },
    async memory() {
      const said = await asking.ask({ kind: "memory" });
      if (said.kind !== "memory") throw new TypeError(`asked for its memory, a process said ${said.kind}`);
      return said.bytes;
    },
    release: asking.end,
  };
}

/**
 * Opens models each in a process of its own: one that never comes to an end, takes all memory or breaks the runtime is unusable, and
 * nobody else notices.
 * @returns what throws a {@link ScoringProcessError} when a process cannot begin, or is ended by others.
 */
export function openInProcess(processes: ScoringProcesses): OpenModel {
  let told = false;
  const onUnlimited = (): void => {
    if (!told) processes.onUnlimited?.();
    told = true;
  };
  return async (onnx, shape, limits) => {
    const asking = await start({ ...processes, onUnlimited }, limits);
    try {
      return await open(asking, onnx, shape);
    } catch (error) {
      await asking.end();
      throw error;
    }
  };
}

/**
 * Times models against each other in one process, one row at a time and in turns, so that whatever else the machine does meets
 * all of them alike.
 * @returns of each model, the 95th percentile of a row's time in each block, in milliseconds.
 * @throws {UnusableModelError} when one of them cannot be opened or run, or they take more than they may.
 * @throws {ScoringProcessError} when a process cannot begin, or is ended by others.
 */
export type RaceModels = (asked: Omit<Race, "time">, limits: ScoringLimits) => Promise<readonly (readonly number[])[]>;

/** Races models in a process of their own. */
export const raceInProcess =
  (processes: ScoringProcesses): RaceModels =>
  async (asked, { memory, time }) => {
    const asking = await start(processes, { memory: memory * asked.models.length, time });
    try {
      const said = await asking.ask({ kind: "race", ...asked, time });
      if (said.kind !== "raced") throw new TypeError(`asked to race models, a process said ${said.kind}`);
      return said.blocks;
    } finally {
      await asking.end();
    }
  };
