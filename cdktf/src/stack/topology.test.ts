import {
  containers,
  type EventSubscriptionTopology,
  eventSubscriptions,
  type QueueTopology,
  queues,
  services,
} from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { configurationOf, environments } from "../configuration/environments.ts";
import { type Attributes, armResourcesOf, resourcesOf, synthesised } from "../synth/synthesised.ts";

describe.each(environments())("%s", (environment) => {
  const configuration = configurationOf(environment);
  const tree = synthesised(configuration);
  const byName = (type: string) =>
    Object.fromEntries(resourcesOf(tree, type).map(({ attributes }) => [attributes["name"] as string, attributes]));

  test("has the queues of the topology with their settings, and no other", () => {
    const expected = Object.entries<QueueTopology>(queues).map(([name, queue]) => ({
      name,
      namespace_id: expect.stringContaining("azurerm_servicebus_namespace."),
      requires_session: queue.requiresSession,
      lock_duration: queue.lockDuration,
      max_delivery_count: queue.maxDeliveryCount,
      requires_duplicate_detection: queue.requiresDuplicateDetection,
      duplicate_detection_history_time_window: queue.duplicateDetectionHistoryTimeWindow,
      dead_lettering_on_message_expiration: queue.deadLetteringOnMessageExpiration,
      default_message_ttl: queue.defaultMessageTimeToLive,
    }));
    expect(Object.values(byName("azurerm_servicebus_queue"))).toEqual(expect.arrayContaining(expected));
    expect(resourcesOf(tree, "azurerm_servicebus_queue")).toHaveLength(expected.length);
  });

  test("has the containers of the topology in the data account, private, and no other", () => {
    const inDataAccount = resourcesOf(tree, "azurerm_storage_container").filter(
      ({ attributes }) => attributes["storage_account_id"] === `\${azurerm_storage_account.data-lake_account.id}`,
    );
    expect(inDataAccount.map(({ attributes }) => attributes["name"]).sort()).toEqual(Object.keys(containers).sort());
    for (const { attributes } of inDataAccount) expect(attributes["container_access_type"]).toBe("private");
  });

  test("has the event subscriptions of the topology with their filters, and no other", () => {
    const subscriptions = {
      ...byName("azurerm_eventgrid_system_topic_event_subscription"),
      ...byName("azurerm_eventgrid_event_subscription"),
    };
    expect(Object.keys(subscriptions).sort()).toEqual(Object.keys(eventSubscriptions).sort());
    for (const [name, topology] of Object.entries<EventSubscriptionTopology>(eventSubscriptions)) {
      const subscription: Attributes = subscriptions[name] ?? {};
      expect(subscription["service_bus_queue_endpoint_id"]).toBe(
        `\${azurerm_servicebus_queue.messaging_${topology.queue}.id}`,
      );
      expect(subscription["included_event_types"] ?? []).toEqual(topology.includedEventTypes);
      expect(subscription["subject_filter"] ?? {}).toEqual({
        ...(topology.subjectBeginsWith && { subject_begins_with: topology.subjectBeginsWith }),
        ...(topology.subjectEndsWith && { subject_ends_with: topology.subjectEndsWith }),
      });
      expect(subscription["advanced_filter"] ?? { string_in: [] }).toEqual({
        string_in: topology.advancedFilters.map(({ key, values }) => ({ key, values })),
      });
      expect(subscription["retry_policy"]).toEqual({
        max_delivery_attempts: topology.maxDeliveryAttempts,
        event_time_to_live: topology.eventTimeToLiveInMinutes,
      });
      expect(subscription["event_delivery_schema"]).toBe("CloudEventSchemaV1_0");
      expect(subscription["delivery_identity"]).toEqual({ type: "SystemAssigned" });
      expect(subscription["storage_blob_dead_letter_destination"]).toMatchObject({
        storage_blob_container_name: `\${azurerm_storage_container.data-lake_event-dead-letters.name}`,
      });
      expect(subscription["system_topic"] ?? subscription["scope"]).toBe(
        topology.source === "ratchet"
          ? `\${azurerm_eventgrid_topic.messaging_topic.id}`
          : `\${azurerm_eventgrid_system_topic.event-routing_${topology.source}.name}`,
      );
    }
  });

  test("has a function app for each service and, with a staging slot, for each model to serve", () => {
    const { models } = configuration.serving;
    const namesOf = (type: string) => armResourcesOf(tree, type).map(({ attributes }) => attributes["name"]);
    const ofServices = services.map(
      (service) => `func-ratchet-${configuration.organisation}-${environment}-${service}`,
    );
    expect(namesOf("Microsoft.Web/sites").sort()).toEqual([...ofServices, ...models.map(({ app }) => app)].sort());
    expect(namesOf("Microsoft.Web/sites/slots")).toEqual(models.map(() => "staging"));
  });

  test("gives production and staging of a model the same settings, so that a swap changes the package only", () => {
    const placed = ["type", "name", "parent_id", "locks"];
    const settingsOf = (name: string) =>
      Object.entries(tree.resource["azapi_resource"]?.[name] ?? {}).filter(([key]) => ![...placed, "//"].includes(key));
    for (const { name } of configuration.serving.models) {
      expect(settingsOf(`serving_${name}_production`).length).toBeGreaterThan(3);
      expect(settingsOf(`serving_${name}_staging`)).toEqual(settingsOf(`serving_${name}_production`));
    }
  });

  test("has clusters that scale to zero, and the datastore that contracts name", () => {
    for (const { attributes } of resourcesOf(tree, "azurerm_machine_learning_compute_cluster"))
      expect(attributes["scale_settings"]).toMatchObject({ min_node_count: 0 });
    expect(resourcesOf(tree, "azapi_resource").map(({ attributes }) => attributes["name"])).toContain("runs");
  });

  test("gives every construct a resource: none hides behind another of the same name", () => {
    const paths = resourcesOf(tree).map(({ type, name }) => `${type}.${name}`);
    expect(new Set(paths).size).toBe(paths.length);
    const names = resourcesOf(tree, "azurerm_storage_account").map(({ attributes }) => attributes["name"] as string);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]{3,24}$/);
  });
});
