import { spawnSync } from "node:child_process";

/** What a Terraform command said and how it ended. */
interface TerraformAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/**
 * Runs Terraform in a folder; undefined where there is none on the PATH.
 * @throws {Error} when it cannot be started for another reason, or takes longer than five minutes.
 */
export function terraform(folder: string, ...words: readonly string[]): TerraformAnswer | undefined {
  const { status, stdout, stderr, error } = spawnSync("terraform", [...words, "-no-color"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, TF_IN_AUTOMATION: "true", CHECKPOINT_DISABLE: "true" },
    timeout: 300_000,
  });
  if (error && "code" in error && error.code === "ENOENT") return undefined;
  if (error) throw error;
  return { ok: status === 0, text: `${stdout}${stderr}`.trim() };
}

/** The registry, not the configuration, is what init failed for. */
export const isUnreachable = (text: string): boolean =>
  /could not (query|connect to)|failed to (query|request|retrieve)|no such host|connection refused|timeout|deadline exceeded/i.test(
    text,
  );
