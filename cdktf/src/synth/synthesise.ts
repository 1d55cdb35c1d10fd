import type { SettingsTable } from "@ratchet/contracts";
import type { Configuration } from "../configuration/configuration.ts";
import { App } from "../stack/azurerm.ts";
import { RatchetStack } from "../stack/stack.ts";

/** Writes each environment to `<folder>/stacks/<environment>/cdk.tf.json`, for Terraform; needs neither it nor a login. */
export function synthesise(configurations: readonly Configuration[], folder: string, table?: SettingsTable): void {
  const app = new App({ outdir: folder });
  for (const configuration of configurations) new RatchetStack(app, configuration, table);
  app.synth();
}
