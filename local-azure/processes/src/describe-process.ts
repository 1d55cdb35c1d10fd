import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A process of this machine. */
export interface ProcessDescription {
  readonly id: number;
  /** Its program and arguments, as `ps` shows them. */
  readonly command: string;
}

/** What runs under a process id; undefined where nothing does any more, or where `ps` cannot say. */
export async function describeProcess(id: number): Promise<ProcessDescription | undefined> {
  const { stdout } = await run("ps", ["-o", "args=", "-p", String(id)]).catch(() => ({ stdout: "" }));
  const command = stdout.trim();
  return command === "" || command.endsWith("<defunct>") ? undefined : { id, command };
}
