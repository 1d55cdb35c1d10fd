import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { exitCodes } from "../errors.ts";

/** The set-up step has said what is missing; there is nothing to add. */
class SetUpFailedError extends Error {
  override readonly name = "SetUpFailedError";
  readonly exitCode = exitCodes.failed;
}

/**
 * Finds or installs a Python with PyTorch and builds the services, with progress on standard error.
 * @throws {SetUpFailedError} when the set-up step fails; it has said why.
 */
export async function setUp(): Promise<void> {
  const script = join(import.meta.dirname, "../../../scripts/set-up.ts");
  const child = spawn(process.execPath, [...process.execArgv, script], { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new SetUpFailedError("the set-up did not succeed; mend what it says and try again");
}
