import { describe, expect, test } from "vitest";
import { violations } from "./policy.ts";
import { configurationOf, environments } from "./synth.ts";
import { type Attributes, resourcesOf, type Synthesised, synthesised } from "./synthesised.ts";

test.each(environments())("nothing in %s is public, keyed or unseen", (environment) => {
  expect(violations(synthesised(configurationOf(environment)))).toEqual([]);
});

test("every function app of a service refuses publishing with a password, over both ways", () => {
  const tree = synthesised(configurationOf("dev"));
  const arm = (type: string, of: string) =>
    resourcesOf(tree, type).filter(({ attributes }) => String(attributes["type"]).startsWith(`${of}@`));
  const policies = arm("azapi_update_resource", "Microsoft.Web/sites/basicPublishingCredentialsPolicies");
  for (const { name } of arm("azapi_resource", "Microsoft.Web/sites"))
    expect(
      policies
        .filter(({ attributes }) => attributes["parent_id"] === `\${azapi_resource.${name}.id}`)
        .map(({ attributes }) => attributes["name"]),
    ).toEqual(["ftp", "scm"]);
});

describe("a violation is found", () => {
  const tree = synthesised(configurationOf("dev"));

  /** The tree with one resource changed or added. */
  const changed = (type: string, name: string, change: Attributes): Synthesised => ({
    ...tree,
    resource: {
      ...tree.resource,
      [type]: { ...tree.resource[type], [name]: { ...tree.resource[type]?.[name], ...change } },
    },
  });
  const site = "azapi_resource.orchestration_deployer_site";
  const cases: readonly [string, string, string, Attributes][] = [
    [
      "shared_access_key_enabled must be false",
      "azurerm_storage_account",
      "data-lake_account",
      { shared_access_key_enabled: true },
    ],
    [
      "min_tls_version must be TLS1_2 or TLS1_3",
      "azurerm_storage_account",
      "data-lake_account",
      { min_tls_version: "TLS1_0" },
    ],
    [
      "container_access_type must be private",
      "azurerm_storage_container",
      "data-lake_drops",
      { container_access_type: "blob" },
    ],
    [
      "local_auth_enabled must be false",
      "azurerm_servicebus_namespace",
      "messaging_namespace",
      { local_auth_enabled: true },
    ],
    [
      "minimum_tls_version must be 1.2 or 1.3",
      "azurerm_servicebus_namespace",
      "messaging_namespace",
      { minimum_tls_version: "1.0" },
    ],
    [
      "site_config.ftps_state must be Disabled",
      "azurerm_linux_function_app",
      "serving_digits_production",
      {
        site_config: {
          ftps_state: "AllAllowed",
          ip_restriction_default_action: "Deny",
          minimum_tls_version: "1.2",
          scm_minimum_tls_version: "1.2",
        },
      },
    ],
    [
      "storage_account_access_key is named like a key",
      "azurerm_linux_function_app",
      "serving_digits_production",
      { storage_account_access_key: "x" },
    ],
    [
      "app_settings.STORAGE holds a key",
      "azurerm_linux_function_app",
      "serving_digits_production",
      { app_settings: { STORAGE: "AccountName=x;AccountKey=y" } },
    ],
    [
      "app_settings.STORAGE holds a key",
      "azurerm_linux_function_app",
      "serving_digits_production",
      { app_settings: { STORAGE: `\${azurerm_storage_account.data-lake_account.primary_connection_string}` } },
    ],
    [
      "a role is assigned on one resource, not on a group",
      "azurerm_role_assignment",
      "wide",
      { scope: `\${azurerm_resource_group.group.id}`, role_definition_name: "Reader" },
    ],
    [
      "nobody needs to be Owner",
      "azurerm_role_assignment",
      "owner",
      { scope: `\${azurerm_key_vault.training_key-vault.id}`, role_definition_name: "Owner" },
    ],
    [
      "has no diagnostic setting",
      "azurerm_key_vault",
      "second",
      { rbac_authorization_enabled: true, purge_protection_enabled: true },
    ],
    ["no rule has been written for azurerm_public_ip", "azurerm_public_ip", "open", {}],
    [
      "delivers without an identity, or without a place for what cannot be delivered",
      "azurerm_eventgrid_event_subscription",
      "loose",
      { delivery_identity: { type: "SystemAssigned" } },
    ],
  ];

  test.each(cases)("%s", (rule, type, name, change) => {
    expect(violations(changed(type, name, change))).toEqual([{ resource: `${type}.${name}`, rule }]);
  });

  test("a setting of a function app that holds a key", () => {
    const body = structuredClone(tree.resource["azapi_resource"]?.["orchestration_deployer_site"]?.["body"]) as {
      properties: { siteConfig: { appSettings: object[] } };
    };
    body.properties.siteConfig.appSettings.push({ name: "ServiceBus_ConnectionString", value: "x" });
    const found = violations(
      changed("azapi_resource", "orchestration_deployer_site", { body: body as unknown as Attributes }),
    );
    expect(found).toEqual([{ resource: site, rule: expect.stringContaining("is named like a key") }]);
  });
});
