import { readFile } from "node:fs/promises";
import { cpus } from "node:os";

/** What results were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly node: string;
}

export const describeMachine = async (): Promise<Machine> => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  kernel: (await readFile("/proc/sys/kernel/osrelease", "utf8")).trim().split("-")[0] ?? "",
  node: process.version,
});
