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
  /** The variable of the environment that names an interpreter; `LOCAL_AZURE_PYTHON` where absent. */
  readonly variable?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Only look; install nothing. */
  readonly install?: boolean;
}

/** There is no Python with PyTorch and none could be installed; the message says what a person can do. */
export class PythonUnavailableError extends Error {
  override readonly name = "PythonUnavailableError";
}

/**
 * Finds a Python that has PyTorch, or installs one: the interpreter that `variable` names, and no other in its place;
 * without it `python3` of the path or of the system; then the distribution's packages where this process may install
 * them; then a virtual environment. What was found once is found again in milliseconds.
 * @throws {PythonUnavailableError} when the interpreter named has no PyTorch, or none was found and none installed.
 */
export async function findOrInstallPython(options: FindOrInstallOptions = {}): Promise<PythonWithTorch> {
  const { onProgress = () => {}, variable = "LOCAL_AZURE_PYTHON", environment = process.env, install = true } = options;
  const folder = options.folder ?? join(homedir(), ".cache", "local-azure-python");
  const memory = join(folder, "interpreter.json");
  const chosen = environment[variable];

  const remembered = await recall(memory);
  if (remembered && (!chosen || chosen === remembered.asked) && (await isUnchanged(remembered.found))) {
    return publicPart(remembered.found);
  }
  const search = { folder, install, variable, onProgress };
  const found = chosen ? await checkChosen(chosen, search) : await findOrInstall(search);
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

interface Search {
  readonly folder: string;
  readonly install: boolean;
  readonly variable: string;
  readonly onProgress: Progress;
}

const whatToDo = ({ variable }: Search): string =>
  `install PyTorch for python3 (for instance "pip install torch numpy") or set ${variable} to an interpreter that has it`;

async function checkChosen(command: string, search: Search): Promise<Checked> {
  const { variable, onProgress } = search;
  onProgress(`Python: checking ${command} (${variable}).`);
  const found = await checkInterpreter(command);
  if (found) return found;
  throw new PythonUnavailableError(
    `${variable} is '${command}', which cannot import torch and numpy; ${whatToDo(search)}.`,
  );
}

async function findOrInstall(search: Search): Promise<Checked> {
  const { folder, install, onProgress } = search;
  const virtualEnvironment = join(folder, "venv");
  onProgress("Python: looking for an interpreter with PyTorch.");
  const candidates = ["python3", "/usr/bin/python3", "python", join(virtualEnvironment, "bin", "python")];
  const found = await firstThatHasTorch(candidates);
  if (found) return found;
  if (!install) throw new PythonUnavailableError(`No Python here can import torch and numpy; ${whatToDo(search)}.`);

  if ((await canUseApt()) && (await installByApt(onProgress))) {
    const installed = await firstThatHasTorch(["/usr/bin/python3"]);
    if (installed) return installed;
  }
  for (const base of ["python3", "/usr/bin/python3"]) {
    const interpreter = await installInVirtualEnvironment(base, virtualEnvironment, onProgress);
    const installed = interpreter && (await checkInterpreter(interpreter));
    if (installed) return installed;
  }
  throw new PythonUnavailableError(`No Python here has PyTorch, and it could not be installed; ${whatToDo(search)}.`);
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
