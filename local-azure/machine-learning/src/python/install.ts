import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Progress = (line: string) => void;

const cpuWheels = "https://download.pytorch.org/whl/cpu";

/** Whether the system's packages can be installed by this process: root on Debian, Ubuntu or the like. */
export async function canUseApt(): Promise<boolean> {
  return (
    process.getuid?.() === 0 &&
    (await access("/usr/bin/apt-get").then(
      () => true,
      () => false,
    ))
  );
}

/** Installs the distribution's PyTorch; says whether it could. OpenBLAS with it, or numpy computes at a tenth of its speed. */
export async function installByApt(onProgress: Progress): Promise<boolean> {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const packages = ["python3-torch", "libopenblas0-pthread"];
  onProgress("Python: asking the system's package lists (apt-get update).");
  // An outdated list may still do, so a failure here is no end.
  await run("apt-get", ["update", "-q"], onProgress, environment);
  onProgress(`Python: installing ${packages.join(" and ")}; this takes a minute or two.`);
  return run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], onProgress, environment);
}

/** Makes a virtual environment with PyTorch for CPUs; resolves to its interpreter, or undefined when it could not. */
export async function installInVirtualEnvironment(
  base: string,
  folder: string,
  onProgress: Progress,
): Promise<string | undefined> {
  const interpreter = join(folder, "bin", "python");
  onProgress(`Python: making a virtual environment in ${folder}.`);
  if (!(await run(base, ["-m", "venv", "--clear", folder], onProgress))) return undefined;
  const install = ["-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", "numpy", "torch"];
  onProgress("Python: installing PyTorch for CPUs (about 200 MB).");
  if (
    await run(
      interpreter,
      [...install, "--index-url", cpuWheels, "--extra-index-url", "https://pypi.org/simple"],
      onProgress,
    )
  )
    return interpreter;
  onProgress("Python: PyTorch's own index did not answer; trying the configured one.");
  return (await run(interpreter, install, onProgress)) ? interpreter : undefined;
}

/** Runs a command, its output as progress; says whether it succeeded. */
function run(command: string, args: readonly string[], onProgress: Progress, env = process.env): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => line.trim() && onProgress(`  ${line}`));
    }
    child.once("error", (error) => {
      onProgress(`  ${error.message}`);
      resolve(false);
    });
    child.once("close", (code) => resolve(code === 0));
  });
}
