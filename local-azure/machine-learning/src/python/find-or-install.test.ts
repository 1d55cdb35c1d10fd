import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findOrInstallPython, PythonUnavailableError } from "./find-or-install.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An interpreter's stand-in that counts how often it is asked, and answers as a real one would to the check. */
async function interpreter(name: string, answers: boolean): Promise<string> {
  const path = join(folder, name);
  const torchFile = join(folder, "torch.py");
  await writeFile(torchFile, "");
  await utimes(torchFile, 1_000, 1_000);
  const answer = {
    path,
    python: "3.11.2",
    torch: "2.9.0",
    numpy: "2.3.0",
    matrixSeconds: 0.01,
    torchFile,
    torchWrittenAt: 1_000,
  };
  const script = answers ? `echo asked >> ${path}.count\necho '${JSON.stringify(answer)}'` : "exit 1";
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}
const timesAsked = async (path: string) => (await readFile(`${path}.count`, "utf8")).split("\n").length - 1;

test("this machine's Python with PyTorch is found without installing anything", async () => {
  const lines: string[] = [];
  const python = await findOrInstallPython({
    folder,
    install: false,
    environment: {},
    onProgress: (line) => lines.push(line),
  });
  expect(python.torch).toMatch(/^\d+\.\d+/);
  const said = `Python: ${python.path} (Python ${python.python}, PyTorch ${python.torch},`;
  expect(lines).toContainEqual(expect.stringContaining(said));
});

test("an interpreter that is asked for by name is taken, and checked once only", async () => {
  const path = await interpreter("mine", true);
  const environment = { LOCAL_AZURE_PYTHON: path };
  expect(await findOrInstallPython({ folder, environment })).toMatchObject({ path, torch: "2.9.0" });
  expect(await findOrInstallPython({ folder, environment })).toMatchObject({ path });
  expect(await timesAsked(path)).toBe(1);
});

test("an interpreter is checked again when its PyTorch has changed", async () => {
  const path = await interpreter("mine", true);
  await findOrInstallPython({ folder, environment: { LOCAL_AZURE_PYTHON: path } });
  await utimes(join(folder, "torch.py"), 2_000, 2_000);
  await findOrInstallPython({ folder, environment: { LOCAL_AZURE_PYTHON: path } });
  expect(await timesAsked(path)).toBe(2);
});

test("another interpreter asked for by name is not answered from memory", async () => {
  await findOrInstallPython({ folder, environment: { LOCAL_AZURE_PYTHON: await interpreter("mine", true) } });
  const other = await interpreter("other", true);
  expect(await findOrInstallPython({ folder, environment: { LOCAL_AZURE_PYTHON: other } })).toMatchObject({
    path: other,
  });
});

test("an interpreter asked for by name that has no PyTorch is refused in one sentence, not replaced", async () => {
  const path = await interpreter("bare", false);
  const found = findOrInstallPython({ folder, environment: { LOCAL_AZURE_PYTHON: path } });
  await expect(found).rejects.toThrow(PythonUnavailableError);
  await expect(found).rejects.toThrow(
    `LOCAL_AZURE_PYTHON is '${path}', which cannot import torch and numpy; install PyTorch`,
  );
});

test("a program may call the variable that names the interpreter by a name of its own", async () => {
  const path = await interpreter("mine", true);
  const options = { folder, variable: "SHOP_PYTHON", environment: { SHOP_PYTHON: path } };
  expect(await findOrInstallPython(options)).toMatchObject({ path });
  const bare = { ...options, environment: { SHOP_PYTHON: await interpreter("bare", false) } };
  await expect(findOrInstallPython(bare)).rejects.toThrow(/^SHOP_PYTHON is .*or set SHOP_PYTHON to an interpreter/);
});
