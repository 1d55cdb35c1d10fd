import { createWriteStream, type WriteStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { LocalAzureOptions } from "@local-azure/stack";

type SiteLog = NonNullable<LocalAzureOptions["onSiteLog"]>;

/**
 * A record of a site's log as one flat object: what a service logs is JSON itself, and its fields (model, run, queue, …)
 * stand beside those of the host. `jq 'select(.model == "digits")' logs/*.jsonl` then finds all that concerns a model.
 */
export function flat<Entry extends { readonly message: string }>(record: Entry): object {
  let said: unknown;
  try {
    said = JSON.parse(record.message);
  } catch {
    return record;
  }
  if (typeof said !== "object" || said === null || !("message" in said)) return record;
  return { ...said, ...record, message: said.message };
}

/** What services and training jobs write: a file each, JSON lines for services, plain lines for jobs. */
interface LogFiles {
  readonly site: SiteLog;
  job(name: string, line: string): void;
  close(): Promise<void>;
}

export async function openLog(folder: string): Promise<LogFiles> {
  // What services and jobs say may be about anybody's data.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const files = new Map<string, WriteStream>();
  const fileNamed = (name: string): WriteStream => {
    const known = files.get(name);
    if (known) return known;
    const file = createWriteStream(join(folder, name), { flags: "a" });
    files.set(name, file);
    // A full disk costs lines of the log, not the stack that writes it: the next line opens the file anew.
    file.on("error", () => files.delete(name));
    return file;
  };
  return {
    site: (record) =>
      void fileNamed(`${record.site}${record.slot === "production" ? "" : `-${record.slot}`}.jsonl`).write(
        `${JSON.stringify(flat(record))}\n`,
      ),
    job: (name, line) => void fileNamed(`job-${name}.log`).write(`${line}\n`),
    async close() {
      await Promise.allSettled([...files.values()].map((file) => finished(file.end())));
    },
  };
}
