import type { Construct } from "constructs";
import { type TerraformMetaArguments, TerraformProvider, TerraformResource } from "./azurerm.ts";

/**
 * Resources in Azure Resource Manager's own words, through the `azapi` provider, for the few things that azurerm 4.55
 * cannot say:
 * - a Flex Consumption app without a storage connection string (azurerm puts one back: its issues 29149, 29693);
 * - an app with an address of its own and Node 24 (azurerm issue 31478);
 * - a workspace whose own datastores use identities (`systemDatastoresAuthMode`, azurerm issue 22150);
 * - a datastore without a credential (azurerm issue 21443).
 *
 * cdktf has no prebuilt package for azapi, and four kinds of resources need none.
 */

const metadata = {
  providerName: "azapi",
  providerVersion: "2.12.0",
  // From 2.12 on its schemas know what a workspace is told here, and check it.
  providerVersionConstraint: "~> 2.12",
} as const;

/** JSON as Resource Manager takes it; strings may be cdktf tokens. */
export type ArmBody = { readonly [name: string]: ArmValue };
type ArmValue = string | number | boolean | readonly ArmValue[] | ArmBody;

export class AzapiProvider extends TerraformProvider {
  readonly #subscription: string;
  readonly #tenant: string;

  constructor(scope: Construct, id: string, { subscription, tenant }: { subscription: string; tenant: string }) {
    super(scope, id, {
      terraformResourceType: "azapi",
      terraformGeneratorMetadata: metadata,
      terraformProviderSource: "Azure/azapi",
    });
    this.#subscription = subscription;
    this.#tenant = tenant;
  }

  protected override synthesizeAttributes() {
    return { subscription_id: this.#subscription, tenant_id: this.#tenant };
  }
}

interface AzapiBase extends Pick<TerraformMetaArguments, "dependsOn"> {
  /** Ids of resources that are changed one change at a time: Azure refuses two of a site. */
  readonly locks?: readonly string[];
  /** Resource type and API version: `Microsoft.Web/sites@2024-04-01`. */
  readonly type: `${string}@${string}`;
  readonly name: string;
  readonly parentId: string;
  readonly body: ArmBody;
}

interface AzapiResourceConfig extends AzapiBase {
  readonly location?: string;
  readonly identityIds?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Paths of the answer that other resources refer to, read with `output(path)`. */
  readonly exports?: readonly string[];
  /** Refusals with one of these words are tried again, for some minutes: regular expressions. */
  readonly retry?: readonly string[];
}

/** A resource that Terraform creates, changes and deletes. */
export class AzapiResource extends TerraformResource {
  readonly #config: AzapiResourceConfig;

  constructor(scope: Construct, id: string, config: AzapiResourceConfig) {
    super(scope, id, {
      terraformResourceType: "azapi_resource",
      terraformGeneratorMetadata: metadata,
      ...(config.dependsOn && { dependsOn: config.dependsOn }),
    });
    this.#config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  get name(): string {
    return this.getStringAttribute("name");
  }

  /**
   * A value of Resource Manager's answer.
   * @throws {RangeError} when the path is not among `exports`: Terraform would not know it.
   */
  output(path: string): string {
    if (!this.#config.exports?.includes(path)) throw new RangeError(`${this.node.path} does not export ${path}.`);
    return this.getStringAttribute(`output.${path}`);
  }

  protected override synthesizeAttributes() {
    const { type, name, parentId, body, location, identityIds, tags, exports, retry, locks } = this.#config;
    return {
      type,
      name,
      parent_id: parentId,
      location,
      identity: identityIds && [{ type: "UserAssigned", identity_ids: identityIds }],
      body,
      tags,
      response_export_values: exports ?? [],
      retry: retry && { error_message_regex: retry, interval_seconds: 20, max_interval_seconds: 60 },
      locks,
    };
  }
}

/** A part of a resource that Azure makes by itself and Terraform only sets. */
export class AzapiUpdate extends TerraformResource {
  readonly #config: AzapiBase;

  constructor(scope: Construct, id: string, config: AzapiBase) {
    super(scope, id, {
      terraformResourceType: "azapi_update_resource",
      terraformGeneratorMetadata: metadata,
      ...(config.dependsOn && { dependsOn: config.dependsOn }),
    });
    this.#config = config;
  }

  protected override synthesizeAttributes() {
    const { type, name, parentId, body, locks = [parentId] } = this.#config;
    return { type, name, parent_id: parentId, body, locks, response_export_values: [] };
  }
}
