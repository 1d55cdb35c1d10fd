import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { canUseApt, installByApt, installInVirtualEnvironment, type Progress } from "./install.ts";
import { type Checked, checkInterpreter, isUnchanged, type PythonWithTorch } from "./interpreter.ts";

export interface FindOrInstallOptions {
  /** Told what happens, line by line, wherever it may take more than a moment. */
  readonly onProgress?: Progress;
  /** Where the answer is remembered and a virtual environment is made, if one is needed. */
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Only look; install nothing. */
  readonly install?: boolean;
}

/** There is no Python with PyTorch and none could be installed; the message says what a person can do. */
export class PythonUnavailableError extends Error {
  override readonly name = "PythonUnavailableError";
}

/** An interpreter set here is taken before any other, and no other in its place. */
export const pythonVariable = "RATCHET_PYTHON";
const whatToDo = `install PyTorch for python3 (for instance "pip install torch numpy") or set ${pythonVariable} to an interpreter that has it`;

/**
 * Finds a Python that has PyTorch, or installs one: the interpreter of `RATCHET_PYTHON`, `python3` of the path or of the
 * system; then the distribution's packages where this process may install them; then a virtual environment. What was
 * found once is found again in milliseconds.
 */
export async function findOrInstallPython(options: FindOrInstallOptions = {}): Promise<PythonWithTorch> {
  const { onProgress = () => {}, environment = process.env, install = true } = options;
  const folder = options.folder ?? join(homedir(), ".cache", "local-azure-python");
  const memory = join(folder, "interpreter.json");
  const chosen = environment[pythonVariable];

  const remembered = await recall(memory);
  if (remembered && (!chosen || chosen === remembered.asked) && (await isUnchanged(remembered.found))) {
    return publicPart(remembered.found);
  }
  const found = chosen ? await checkChosen(chosen, onProgress) : await findOrInstall(folder, install, onProgress);
  await mkdir(folder, { recursive: true });
  await writeFile(memory, JSON.stringify({ asked: chosen, found } satisfies Memory, null, 2));
  onProgress(`Python: ${found.path} (Python ${found.python}, PyTorch ${found.torch}, numpy ${found.numpy}).`);
  if (found.matrixSeconds > slowMatrixSeconds) {
    onProgress("Python: numpy computes slowly here; with an optimised BLAS (libopenblas0-pthread) training is faster.");
  }
  return publicPart(found);
}

const slowMatrixSeconds = 0.05;

interface Memory {
  readonly asked: string | undefined;
  readonly found: Checked;
}

async function checkChosen(command: string, onProgress: Progress): Promise<Checked> {
  onProgress(`Python: checking ${command} (${pythonVariable}).`);
  const found = await checkInterpreter(command);
  if (found) return found;
  throw new PythonUnavailableError(
    `${pythonVariable} is '${command}', which cannot import torch and numpy; ${whatToDo}.`,
  );
}

async function findOrInstall(folder: string, install: boolean, onProgress: Progress): Promise<Checked> {
  const virtualEnvironment = join(folder, "venv");
  onProgress("Python: looking for an interpreter with PyTorch.");
  const candidates = ["python3", "/usr/bin/python3", "python", join(virtualEnvironment, "bin", "python")];
  const found = await firstThatHasTorch(candidates);
  if (found) return found;
  if (!install) throw new PythonUnavailableError(`No Python here can import torch and numpy; ${whatToDo}.`);

  if ((await canUseApt()) && (await installByApt(onProgress))) {
    const installed = await firstThatHasTorch(["/usr/bin/python3"]);
    if (installed) return installed;
  }
  for (const base of ["python3", "/usr/bin/python3"]) {
    const interpreter = await installInVirtualEnvironment(base, virtualEnvironment, onProgress);
    const installed = interpreter && (await checkInterpreter(interpreter));
    if (installed) return installed;
  }
  throw new PythonUnavailableError(`No Python here has PyTorch, and it could not be installed; ${whatToDo}.`);
}

async function firstThatHasTorch(commands: readonly string[]): Promise<Checked | undefined> {
  for (const command of commands) {
    const found = await checkInterpreter(command);
    if (found) return found;
  }
  return undefined;
}

async function recall(file: string): Promise<Memory | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Memory;
  } catch {
    return undefined;
  }
}

function publicPart({ path, python, torch, numpy, matrixSeconds }: Checked): PythonWithTorch {
  return { path, python, torch, numpy, matrixSeconds };
}
