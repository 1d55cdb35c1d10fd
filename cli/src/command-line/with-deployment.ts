import type { Command } from "commander";
import type { Deployment } from "../deployment.ts";
import { createOutput, type Output } from "../output.ts";

/** Runs a command against the deployment, and lets go of it at the end. */
export async function withDeployment(
  command: Command,
  work: (deployment: Deployment, output: Output) => Promise<void>,
): Promise<void> {
  const { folder, json } = command.optsWithGlobals<{ readonly folder: string; readonly json?: boolean }>();
  const { findDeployment } = await import("../deployment.ts");
  const deployment = await findDeployment(folder);
  try {
    await work(deployment, createOutput(json === true));
  } finally {
    await deployment.close();
  }
}
