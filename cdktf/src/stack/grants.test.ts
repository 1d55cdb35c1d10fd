import {
  type ContainerTopology,
  containers,
  eventSubscriptions,
  type QueueTopology,
  queues,
  services,
} from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { configurationOf, environments } from "../configuration/environments.ts";
import { resourcesOf, synthesised } from "../synth/synthesised.ts";
import { grantsOf } from "./grants.ts";

describe.each(environments())("%s", (environment) => {
  const configuration = configurationOf(environment);
  const grants = grantsOf(configuration).map(({ principal, role, scope }) => `${principal} | ${role} | ${scope}`);
  const assignments = resourcesOf(synthesised(configuration), "azurerm_role_assignment").map(
    ({ attributes }) => attributes,
  );
  const at = (scope: string) => grants.filter((grant) => grant.endsWith(` | ${scope}`)).sort();

  test("assigns every grant of the table once, and nothing that is not in it", () => {
    const made = assignments.map(({ description, role_definition_name }) => {
      const [principal, scope] = String(description).split(" on ");
      return `${principal} | ${role_definition_name} | ${scope}`;
    });
    expect(made.sort()).toEqual([...grants].sort());
    expect(new Set(grants).size).toBe(grants.length);
  });

  test("assigns each to the principal and at the scope that it names", () => {
    for (const { description, principal_id, scope } of assignments) {
      const [who = "", where = ""] = String(description).split(" on ");
      const [kind = "", name = ""] = where.split(/:(.*)/);
      if (kind === "queue") expect(scope).toBe(`\${azurerm_servicebus_queue.messaging_${name}.id}`);
      else if (kind === "container") expect(scope).toBe(`\${azurerm_storage_container.data-lake_${name}.id}`);
      else if (kind === "inference-app") expect(scope).toBe(`\${azapi_resource.serving_${name}_production.id}`);
      else expect(scope).toMatch(/^\$\{(azurerm|azapi)_.*\.id\}$/);
      if (who === "operators") expect(principal_id).toBe(configuration.access.operators);
      else if (who.startsWith("producer:"))
        expect(principal_id).toBe(configuration.access.producers[who.slice("producer:".length)]);
      else if (who.startsWith("event-grid:"))
        expect(principal_id).toMatch(/^\$\{azurerm_eventgrid_.*\.identity\[0\]\.principal_id\}$/);
      else
        expect(principal_id).toBe(`\${azurerm_user_assigned_identity.identity_${who.replace(":", "-")}.principal_id}`);
    }
  });

  test.each(Object.entries<QueueTopology>(queues))(
    "the queue %s opens to its receiver and its senders only",
    (queue, topology) => {
      const sources = new Set(
        Object.values(eventSubscriptions)
          .filter((subscription) => subscription.queue === queue)
          .map(({ source }) => `event-grid:${source}`),
      );
      const senders = topology.senders.flatMap((sender) =>
        sender === "event-grid" ? [...sources] : [sender === "operator" ? "operators" : sender],
      );
      expect(at(`queue:${queue}`)).toEqual(
        [
          `${topology.receiver} | Azure Service Bus Data Owner | queue:${queue}`,
          `operators | Azure Service Bus Data Receiver | queue:${queue}`,
          ...senders.map((who) => `${who} | Azure Service Bus Data Sender | queue:${queue}`),
        ].sort(),
      );
    },
  );

  test.each(Object.entries<ContainerTopology>(containers))(
    "the container %s is written by its owners only",
    (name, topology) => {
      const writers = at(`container:${name}`).filter((grant) => !grant.includes("Storage Blob Data Reader"));
      const owners = topology.owners.flatMap((owner) => {
        if (owner === "operator") return ["operators"];
        if (owner === "event-grid")
          return ["storage", "machine-learning", "ratchet"].map((source) => `event-grid:${source}`);
        if (owner === "data-producer")
          return Object.keys(configuration.access.producers).map((who) => `producer:${who}`);
        return [owner];
      });
      expect(writers).toEqual(owners.map((who) => `${who} | Storage Blob Data Contributor | container:${name}`).sort());
    },
  );

  test("a service may receive from its queues, be scaled by what waits in them, and send to them what is to be tried again", () => {
    for (const [queue, { receiver }] of Object.entries<QueueTopology>(queues))
      expect(
        at(`queue:${queue}`).filter((grant) => grant.startsWith(`${receiver} |`)),
        queue,
      ).toEqual([
        `${receiver} | Azure Service Bus Data Owner | queue:${queue}`,
        `${receiver} | Azure Service Bus Data Sender | queue:${queue}`,
      ]);
  });

  test("every service may say what has happened", () => {
    expect(at("event-topic").filter((grant) => !grant.startsWith("operators |"))).toEqual(
      services.map((service) => `${service} | EventGrid Data Sender | event-topic`).sort(),
    );
  });

  test("only the deployer may publish, and only to the apps that serve", () => {
    expect(grants.filter((grant) => grant.includes("Website Contributor"))).toEqual(
      configuration.serving.models.map(({ name }) => `deployer | Website Contributor | inference-app:${name}`),
    );
  });

  test("no service may write where another's package lies", () => {
    for (const service of services)
      expect(at(`host-account:${service}`)).toEqual([
        `${service} | Storage Blob Data Owner | host-account:${service}`,
        `${service} | Storage Table Data Contributor | host-account:${service}`,
      ]);
  });
});
