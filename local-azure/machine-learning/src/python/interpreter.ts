import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";

/** A Python that can train: where it is and what it has. */
export interface PythonWithTorch {
  /** Path of the interpreter. */
  readonly path: string;
  readonly python: string;
  readonly torch: string;
  readonly numpy: string;
  /** Seconds that a product of two 512×512 matrices takes; above about 0.05, numpy has no optimised BLAS. */
  readonly matrixSeconds: number;
}

export interface Checked extends PythonWithTorch {
  /** The file of the torch package, and when it was written: as long as both stand, the check need not be repeated. */
  readonly torchFile: string;
  readonly torchWrittenAt: number;
}

const checkProgram = `
import json, platform, sys, time, os
import numpy, torch
a = numpy.random.rand(512, 512); a @ a
started = time.perf_counter(); a @ a; seconds = time.perf_counter() - started
assert float((torch.ones(2, 2) @ torch.ones(2, 2)).sum()) == 8
print(json.dumps({"path": sys.executable, "python": platform.python_version(), "torch": str(torch.__version__),
                  "numpy": numpy.__version__, "matrixSeconds": seconds, "torchFile": torch.__file__,
                  "torchWrittenAt": int(os.stat(torch.__file__).st_mtime)}))
`;
const checkTimeoutMs = 120_000;

/** What an interpreter has; undefined when it is not there or cannot import numpy and torch. */
export function checkInterpreter(command: string): Promise<Checked | undefined> {
  return new Promise((resolve) => {
    execFile(command, ["-c", checkProgram], { timeout: checkTimeoutMs }, (error, stdout) => {
      const line = stdout.trim().split("\n").at(-1) ?? "";
      resolve(error || !line.startsWith("{") ? undefined : (JSON.parse(line) as Checked));
    });
  });
}

/** Whether what was checked before is still the same, without starting Python. */
export async function isUnchanged({ path, torchFile, torchWrittenAt }: Checked): Promise<boolean> {
  const writtenAt = async (file: string) => Math.floor((await stat(file)).mtimeMs / 1000);
  try {
    await stat(path);
    return (await writtenAt(torchFile)) === torchWrittenAt;
  } catch {
    return false;
  }
}
