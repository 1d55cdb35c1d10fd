import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import type { KeyVault, ResourceGroup } from "./azurerm.ts";
import type { Scope } from "./grants.ts";
import { guardedVault } from "./guarded-vault.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";

/**
 * The vault of the secrets that services read. People put them in: no secret passes through configuration, plan, state or
 * outputs. App Service fills them in as the app, where the app's settings hold a reference.
 */
export class Secrets extends Construct {
  readonly #vault: KeyVault;

  constructor(
    scope: Construct,
    id: string,
    { tenant, tags }: Configuration,
    names: Names,
    group: ResourceGroup,
    observability: Observability,
  ) {
    super(scope, id);
    this.#vault = guardedVault(this, "vault", group, { name: names.secretsVault, tenantId: tenant, tags });
    observability.diagnose("secrets", this.#vault.id);
  }

  /** What stands in an app's settings in place of a secret. Names of secrets have no underscores. */
  reference(setting: string): string {
    return `@Microsoft.KeyVault(VaultName=${this.#vault.name};SecretName=${setting.replaceAll("_", "-")})`;
  }

  get scopes(): readonly (readonly [Scope, string])[] {
    return [["secrets", this.#vault.id]];
  }
}
