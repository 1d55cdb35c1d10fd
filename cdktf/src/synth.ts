import { readdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "./azurerm.ts";
import { type Configuration, readConfiguration } from "./config.ts";
import { RatchetStack } from "./stack.ts";

const configFolder = join(import.meta.dirname, "..", "config");

/** The environments that have a configuration. */
export function environments(): readonly string[] {
  return readdirSync(configFolder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length));
}

/** @throws {ConfigurationError} */
export function configurationOf(environment: string): Configuration {
  return readConfiguration(join(configFolder, `${environment}.yaml`));
}

/** Writes each environment to `<folder>/stacks/<environment>/cdk.tf.json`, for Terraform; needs neither it nor a login. */
export function synthesise(configurations: readonly Configuration[], folder: string): void {
  const app = new App({ outdir: folder });
  for (const configuration of configurations) new RatchetStack(app, configuration);
  app.synth();
}
