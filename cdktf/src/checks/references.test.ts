import { describe, expect, test } from "vitest";
import { configurationOf, environments } from "../configuration/environments.ts";
import { resourcesOf, type Synthesised, stringsIn, synthesised } from "../synth/synthesised.ts";
import { brokenReferences } from "./references.ts";

test.each(environments())("every reference of %s leads to a resource and an attribute that exist", (environment) => {
  const configuration = configurationOf(environment);
  const tree = synthesised(configuration);
  const references = resourcesOf(tree).flatMap(({ attributes }) =>
    [...stringsIn(attributes)].filter(({ text }) => text.includes(`\${`)),
  );
  expect(references.length).toBeGreaterThan(300);
  expect(brokenReferences(configuration, tree)).toEqual([]);
});

describe("a reference that leads nowhere is found", () => {
  const configuration = configurationOf("dev");
  const tree = synthesised(configuration);

  test.each([
    [`\${azurerm_servicebus_queue.messaging_no-such.id}`, "there is no such resource"],
    [`\${azurerm_storage_account.data-lake_account.no_such}`, "no_such is not an attribute that the provider knows"],
    [`\${azurerm_storage_account.data-lake_account.fqn}`, "fqn is not an attribute that the provider knows"],
    [
      `\${azurerm_eventgrid_topic.messaging_topic.identity[0].no_such}`,
      "no_such is not an attribute that the provider knows",
    ],
    [
      `\${azapi_resource.training_workspace.output.properties.x}`,
      "dev/training/workspace does not export properties.x.",
    ],
    [`\${upper(azurerm_resource_group.group.name)}`, "is not an attribute of a resource"],
  ])("%s: %s", (reference, reason) => {
    const broken: Synthesised = { ...tree, output: { BROKEN: { value: reference, description: "" } } };
    expect(brokenReferences(configuration, broken)).toEqual([
      { from: "output.BROKEN.value", reference: reference.slice(2, -1), reason },
    ]);
  });

  test("a dependency on nothing", () => {
    const broken: Synthesised = {
      ...tree,
      resource: { azurerm_resource_group: { group: { depends_on: ["azurerm_key_vault.no_such"] } } },
      output: {},
    };
    expect(brokenReferences(configuration, broken)).toMatchObject([{ reference: "azurerm_key_vault.no_such" }]);
  });
});
