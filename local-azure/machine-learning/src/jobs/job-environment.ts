import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { providerNamespace, type WorkspaceAddress } from "../workspace.ts";
import type { Job } from "./job-records.ts";

/** What a job sees of the machine's environment; the rest, which may hold secrets, stays outside. */
const passedOn = /^(PATH|HOME|USER|LOGNAME|SHELL|TZ|TMPDIR|LANG|LC_.*|LD_LIBRARY_PATH|(OMP|MKL|OPENBLAS)_NUM_THREADS)$/;

/** Environment variables of a job's command: the machine's basics, Azure ML's own, then the job's. */
export function jobEnvironment(
  job: Job,
  workspace: WorkspaceAddress,
  machine: NodeJS.ProcessEnv,
  additional: Readonly<Record<string, string>>,
  shims: string | undefined,
): Record<string, string> {
  const basics = Object.entries(machine).flatMap(([name, value]) =>
    value !== undefined && passedOn.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(basics),
    ...(shims ? { PATH: `${shims}:${machine["PATH"] ?? "/usr/bin:/bin"}` } : {}),
    PYTHONUNBUFFERED: "1",
    AZUREML_RUN_ID: job.name,
    AZUREML_EXPERIMENT_NAME: job.properties.experimentName,
    AZUREML_ARM_SUBSCRIPTION: workspace.subscriptionId,
    AZUREML_ARM_RESOURCEGROUP: workspace.resourceGroup,
    AZUREML_ARM_WORKSPACE_NAME: workspace.name,
    AZUREML_WORKSPACE_SCOPE: `/subscriptions/${workspace.subscriptionId}/resourceGroups/${workspace.resourceGroup}/providers/${providerNamespace}/workspaces/${workspace.name}`,
    ...additional,
    ...job.properties.environmentVariables,
  };
}

/** A folder for the front of `PATH` in which `python` and `python3` are the given interpreter. */
export async function createPythonShims(folder: string, interpreter: string): Promise<string> {
  const shims = join(folder, "bin");
  await mkdir(shims, { recursive: true });
  for (const name of ["python", "python3"]) {
    // A script and not a link: through a link, an interpreter of a virtual environment would not find its packages.
    await writeFile(join(shims, name), `#!/bin/sh\nexec '${interpreter.replaceAll("'", "'\\''")}' "$@"\n`);
    await chmod(join(shims, name), 0o755);
  }
  return shims;
}
