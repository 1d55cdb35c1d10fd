import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const requirements = join(import.meta.dirname, "peers", "requirements.txt");

/** A Python that has the peers, or why there is none. */
export type Peers = { readonly python: string } | { readonly missing: string };

/**
 * The peers' own virtual environment, below `~/.cache`: nothing else uses it, and Ratchet needs none of it.
 * @param install whether it may be made where it is not there.
 */
export async function findPeers({ install }: { readonly install: boolean }): Promise<Peers> {
  const version = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 8);
  const folder = join(homedir(), ".cache", `ratchet-bench-peers-${version}`);
  const python = join(folder, "bin", "python");
  // Written last: without it the environment is half made.
  const whole = join(folder, "installed");
  if (existsSync(whole)) return { python };
  if (!install) return { missing: "the peers are not installed: a run without --quick does that" };
  try {
    await rm(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
    await writeFile(whole, "");
    return { python };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return {
      missing: `pandas, pandera and DuckDB cannot be installed: ${error instanceof Error ? error.message : error}`,
    };
  }
}
