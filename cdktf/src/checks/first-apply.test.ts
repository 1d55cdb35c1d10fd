import { describe, expect, test } from "vitest";
import { configurationOf, environments } from "../configuration/environments.ts";
import { resourceIdsOf } from "../synth/resource-ids.ts";
import {
  appSettingsOf,
  armResourcesOf,
  armTypeOf,
  at,
  type Resource,
  resourcesOf,
  synthesised,
} from "../synth/synthesised.ts";

/** What goes wrong at Azure's own pace: roles that are not believed yet, two changes of one site, what Azure adds by itself. */
describe.each(environments())("%s", (environment) => {
  const tree = synthesised(configurationOf(environment));
  const ids = resourceIdsOf(tree);
  const named = (address: string): Resource => ids.referred(`\${${address}.id}`);
  const dependsOn = ({ attributes }: Resource): readonly string[] => (attributes["depends_on"] as string[]) ?? [];
  /** What a resource waits for time to pass after. */
  const waitsAfter = (resource: Resource): readonly string[] =>
    dependsOn(resource).flatMap((address) => (address.startsWith("time_sleep.") ? dependsOn(named(address)) : []));
  const assignmentsOf = (wanted: (description: string) => boolean): readonly string[] =>
    resourcesOf(tree, "azurerm_role_assignment")
      .filter(({ attributes }) => wanted(String(attributes["description"])))
      .map(({ type, name }) => `${type}.${name}`);
  const [workspace] = armResourcesOf(tree, "Microsoft.MachineLearningServices/workspaces");

  test("the workspace is made once its roles around it are believed, and a refusal is tried again", () => {
    const around = assignmentsOf((text) => text.startsWith("workspace on ") && text !== "workspace on workspace");
    expect(around.length).toBeGreaterThan(5);
    expect(waitsAfter(workspace as Resource).toSorted()).toEqual(around.toSorted());
    expect(at(workspace?.attributes ?? {}, "retry.error_message_regex")).toContain("AuthorizationFailed");
  });

  test("what is in the workspace is made once the workspace may do what it likes with itself", () => {
    const [onItself = "none"] = assignmentsOf((text) => text === "workspace on workspace");
    const inside = [
      ...resourcesOf(tree, "azurerm_machine_learning_compute_cluster"),
      ...armResourcesOf(tree, "Microsoft.MachineLearningServices/workspaces/datastores"),
    ];
    expect(inside.length).toBeGreaterThan(3);
    for (const part of inside) expect(dependsOn(part), part.name).toContain(onItself);
  });

  test("an event subscription is made once its topic is believed to have its roles", () => {
    const roles = assignmentsOf((text) => text.startsWith("event-grid:"));
    const subscriptions = resourcesOf(tree).filter(({ type }) => type.endsWith("event_subscription"));
    expect(subscriptions.length).toBeGreaterThan(4);
    for (const subscription of subscriptions)
      expect(waitsAfter(subscription).toSorted(), subscription.name).toEqual(roles.toSorted());
  });

  test("changes of one site come one after the other: its slot, its policies, those of the slot", () => {
    const changes = resourcesOf(tree).filter(({ type, attributes }) => {
      const armType = type.startsWith("azapi_") ? armTypeOf(attributes) : "";
      return armType.startsWith("Microsoft.Web/sites/");
    });
    expect(changes.length).toBeGreaterThan(10);
    for (const { name, attributes } of changes) {
      const parent = String(attributes["parent_id"]);
      const site = ids.resolve(parent).replace(/\/slots\/.*$/, "");
      const locked = ((attributes["locks"] as string[]) ?? []).map(ids.resolve);
      expect(locked, name).toContain(site);
    }
  });

  test("a swap takes a redirect for an answer: its pings are plain HTTP, and the app is https-only", () => {
    for (const site of armResourcesOf(tree, "Microsoft.Web/sites/slots"))
      expect(appSettingsOf(site)["WEBSITE_SWAP_WARMUP_PING_STATUSES"]?.split(",")).toEqual(
        expect.arrayContaining(["200", "301", "307", "308"]),
      );
  });

  test("the group can be destroyed with what Azure has put into it by itself", () => {
    const [features] = (at(tree.provider["azurerm"]?.[0] ?? {}, "features") ?? []) as readonly Record<string, never>[];
    expect(features).toMatchObject({ resource_group: [{ prevent_deletion_if_contains_resources: false }] });
  });

  test("every body is checked against the provider's schema of its API version", () => {
    const unchecked = resourcesOf(tree, "azapi_resource").filter(
      ({ attributes }) => attributes["schema_validation_enabled"] === false,
    );
    expect(unchecked.map(({ name }) => name)).toEqual([]);
  });
});
