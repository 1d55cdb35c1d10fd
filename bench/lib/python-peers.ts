import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A Python that has the peers, or why there is none. */
export type Peers = { readonly python: string } | { readonly missing: string };

/** Other people's programs of one bench. */
export interface PeersWanted {
  /** The file that says which packages, with their versions. */
  readonly requirements: string;
  /** What they are, for people. */
  readonly what: string;
  /** Whether the environment may be made where it is not there. */
  readonly install: boolean;
}

/** Peers in a virtual environment of their own, below `~/.cache`: nothing else uses it, and Ratchet needs none of it. */
export async function findPeers({ requirements, what, install }: PeersWanted): Promise<Peers> {
  const version = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 8);
  const folder = join(homedir(), ".cache", `ratchet-bench-peers-${version}`);
  const python = join(folder, "bin", "python");
  // Written last: without it the environment is half made.
  const whole = join(folder, "installed");
  if (existsSync(whole)) return { python };
  if (!install) return { missing: `${what}: not installed; a run without --quick does that` };
  try {
    await rm(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
    await writeFile(whole, "");
    return { python };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const why = error instanceof Error ? error.message.split("\n", 3).join(" ") : String(error);
    return { missing: `${what}: cannot be installed (${why})` };
  }
}
