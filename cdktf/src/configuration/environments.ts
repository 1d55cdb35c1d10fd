import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Configuration, readConfiguration } from "./configuration.ts";

const folder = join(import.meta.dirname, "..", "..", "config");

/** The environments that have a configuration. */
export function environments(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length));
}

/**
 * The configuration of an environment.
 * @throws {ConfigurationError} when its file is wrong, with every fault of it.
 */
export function configurationOf(environment: string): Configuration {
  return readConfiguration(join(folder, `${environment}.yaml`));
}
