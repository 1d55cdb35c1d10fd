import { expect, test } from "vitest";
import { configurationOf, environments } from "../configuration/environments.ts";
import { grantsOf } from "../stack/grants.ts";
import { resourceIdsOf, UnknownIdError } from "./resource-ids.ts";
import { roleAssignmentsOf } from "./role-assignments.ts";
import { synthesised } from "./synthesised.ts";

const configuration = configurationOf("dev");
const tree = synthesised(configuration);
const group = `/subscriptions/${configuration.subscription}/resourceGroups/rg-ratchet-acme-dev/providers`;
const assignments = roleAssignmentsOf(tree, (resourceId) => `identity of ${resourceId}`);
const referenceTo = (attribute: string) => `\${${attribute}}`;
const of = (description: string) => assignments.filter((assignment) => assignment.description === description);

test.each(environments())("every grant of %s becomes an assignment with ids in place of references", (environment) => {
  const other = configurationOf(environment);
  const made = roleAssignmentsOf(synthesised(other), (resourceId) => `identity of ${resourceId}`);
  expect(made).toHaveLength(grantsOf(other).length);
  for (const { principalId, scope } of made) {
    expect(scope).toMatch(/^\/subscriptions\/[^${}]+$/);
    expect(principalId).not.toContain("$");
  }
});

test("a user-assigned identity, a topic's own and a group of people are told apart", () => {
  const identities = `${group}/Microsoft.ManagedIdentity/userAssignedIdentities`;
  expect(of("evaluator on container:verdicts")).toEqual([
    {
      principalId: `identity of ${identities}/id-ratchet-acme-dev-evaluator`,
      role: "Storage Blob Data Contributor",
      scope: `${group}/Microsoft.Storage/storageAccounts/stacmedevdata/blobServices/default/containers/verdicts`,
      description: "evaluator on container:verdicts",
    },
  ]);
  expect(of("event-grid:storage on queue:data-dropped")).toMatchObject([
    {
      principalId: `identity of ${group}/Microsoft.EventGrid/systemTopics/evgst-ratchet-acme-dev-storage`,
      scope: `${group}/Microsoft.ServiceBus/namespaces/sb-ratchet-acme-dev/queues/data-dropped`,
    },
  ]);
  expect(of("operators on queue:data-dropped")[0]?.principalId).toBe(configuration.access.operators);
});

test("what is made in Resource Manager's own words has the id that these make up", () => {
  expect(of("deployer on inference-app:digits")[0]?.scope).toBe(`${group}/Microsoft.Web/sites/inference-digits`);
  expect(of("training-runner on workspace")[0]?.scope).toBe(
    `${group}/Microsoft.MachineLearningServices/workspaces/mlw-ratchet-acme-dev`,
  );
});

test("a reference that nobody can resolve is refused by name", () => {
  const { resolve } = resourceIdsOf(tree);
  expect(() => resolve(referenceTo("azurerm_storage_account.nothing.id"))).toThrow(UnknownIdError);
  expect(() => resolve(referenceTo("azurerm_eventgrid_topic.messaging_topic.endpoint"))).toThrow(
    "messaging_topic.endpoint",
  );
});
