import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** A line of a service's log, as far as it is read here. */
export interface LogLine {
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: string;
  readonly message: string;
  readonly functionName?: string;
  readonly durationMs?: number;
  readonly model?: string;
}

/** What the services have logged since they were read last. */
export interface Logs {
  read(): Promise<readonly LogLine[]>;
}

/** @param folder where `ratchet up` writes a file for each service. */
export function followLogs(folder: string): Logs {
  /** By file, to where its whole lines were read. */
  const read = new Map<string, number>();

  async function readFile(name: string): Promise<readonly LogLine[]> {
    const offset = read.get(name) ?? 0;
    await using file = await open(join(folder, name));
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(size - offset), { position: offset });
    const whole = buffer.subarray(0, buffer.lastIndexOf("\n") + 1);
    read.set(name, offset + whole.length);
    const lines = whole.toString("utf8").split("\n").slice(0, -1);
    const service = name.slice(0, -".jsonl".length);
    return lines.map((line) => {
      const { time, ...said } = JSON.parse(line) as { readonly time: string } & Omit<LogLine, "service" | "at">;
      return { ...said, service, at: Date.parse(time) };
    });
  }

  return {
    async read() {
      const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl"));
      return (await Promise.all(names.map(readFile))).flat();
    },
  };
}

/** Deliveries and runs by the clock: how often each function was executed, and how long it took in all. */
export function executionsIn(lines: readonly LogLine[]): Readonly<Record<string, Executions>> {
  const found: Record<string, { count: number; failed: number; milliseconds: number }> = {};
  for (const { message, functionName, durationMs = 0 } of lines) {
    if (functionName === undefined || !message.startsWith("Executed ")) continue;
    found[functionName] ??= { count: 0, failed: 0, milliseconds: 0 };
    found[functionName].count += 1;
    found[functionName].milliseconds += durationMs;
    if (message.includes("(Failed,")) found[functionName].failed += 1;
  }
  return found;
}

export interface Executions {
  readonly count: number;
  readonly failed: number;
  /** Of all of them together. */
  readonly milliseconds: number;
}

/** Warnings and errors, the same in one: numbers and names taken out of them. */
export function troublesIn(lines: readonly LogLine[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { service, level, message } of lines) {
    if (level !== "warning" && level !== "error" && level !== "critical") continue;
    const same = `${service}: ${message
      .replaceAll(/[0-9a-f-]{16,}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…")
      .replaceAll(/\d+/g, "#")
      .slice(0, 160)}`;
    found[same] = (found[same] ?? 0) + 1;
  }
  return found;
}
