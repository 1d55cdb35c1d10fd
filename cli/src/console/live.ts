import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { LetterOperation } from "@ratchet/contracts";
import type { Surroundings } from "@ratchet/operators";
import type { Deployment } from "../deployment.ts";
import type { LetterBook } from "./letters.ts";

const looksEveryMs = 2_000;
/** Comments now and then, or something on the way takes a silent connection for a dead one. */
const beatsEveryMs = 15_000;

/** Tells open pages that something is different. */
export interface Live {
  join(response: ServerResponse): void;
  progressed(operation: LetterOperation): void;
  /** Something was done here: pages look again at once. */
  changed(): void;
  close(): void;
}

/** What is looked at to see whether anything is different: names and versions, not contents. */
async function fingerprint(deployment: Deployment, letters: LetterBook): Promise<string> {
  const hash = createHash("sha256");
  for (const [container, prefix] of [
    ["ledger", "models/"],
    ["training", ""],
    ["champions", ""],
    ["operations", "dead-letters/"],
  ] as const)
    for await (const { name, properties } of deployment.container(container).listBlobsFlat({ prefix }))
      hash.update(`${name} ${properties.etag}\n`);
  for (const { id } of await letters.read()) hash.update(`${id}\n`);
  return hash.digest("hex");
}

export function openLive(deployment: Deployment, letters: LetterBook, { clock }: Surroundings): Live {
  const pages = new Set<ServerResponse>();
  let known = "";
  let looking = false;
  let closed = false;
  const say = (event: string, data: unknown): void => {
    for (const page of pages) page.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const changed = (): void => say("changed", { at: clock().toISOString() });
  const look = async (): Promise<void> => {
    if (pages.size === 0 || looking) return;
    looking = true;
    try {
      const now = await fingerprint(deployment, letters);
      if (known !== "" && now !== known) changed();
      known = now;
    } catch (error) {
      if (!closed) say("trouble", { message: error instanceof Error ? error.message : String(error) });
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), looksEveryMs);
  const beat = setInterval(() => {
    for (const page of pages) page.write(": still here\n\n");
  }, beatsEveryMs);
  for (const one of [timer, beat]) one.unref();
  return {
    join(response) {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write("retry: 1000\n\n");
      pages.add(response);
      response.once("close", () => pages.delete(response));
      void look();
    },
    progressed: (operation) => say("operation", operation),
    changed,
    close() {
      closed = true;
      for (const one of [timer, beat]) clearInterval(one);
      for (const page of pages) page.end();
    },
  };
}
