import type { Command } from "commander";
import { type Deployment, findDeployment } from "../deployment.ts";
import { createOutput, type Output } from "../output.ts";

/** Runs a command against the deployment, and lets go of it at the end. */
export async function withDeployment(
  command: Command,
  work: (deployment: Deployment, output: Output) => Promise<void>,
): Promise<void> {
  const { folder, json } = command.optsWithGlobals<{ readonly folder: string; readonly json?: boolean }>();
  const deployment = await findDeployment(folder);
  try {
    await work(deployment, createOutput(json === true));
  } finally {
    await deployment.close();
  }
}

export const jsonOption = ["--json", "print the result as JSON"] as const;

/** For options that may be given more than once. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];
