import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const top = join(import.meta.dirname, "../..");

export interface Checkout extends AsyncDisposable {
  readonly folder: string;
  /** The commit that it is of. */
  readonly commit: string;
}

/**
 * The last commit, installed and built in a folder of its own: mutants are written into files, and a workspace's packages find
 * each other only where they really lie.
 */
export async function checkOut(say: (text: string) => void): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), "mutation-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const changed = (await run("git", ["status", "--porcelain"], { cwd: top })).stdout.trim();
    if (changed) say("what is not committed is not looked at");
    await run("git", ["clone", "--quiet", top, folder]);
    const commit = (await run("git", ["rev-parse", "--short", "HEAD"], { cwd: folder })).stdout.trim();
    say(`installing and building ${commit} in ${folder}`);
    const pnpm = (...words: readonly string[]) =>
      run("npx", ["pnpm@10", ...words], { cwd: folder, env: { ...process.env, npm_config_yes: "true" } });
    await pnpm("install", "--frozen-lockfile", "--prefer-offline");
    await pnpm("build");
    return { folder, commit, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
