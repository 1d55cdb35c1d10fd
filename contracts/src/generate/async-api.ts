import type { AnyContract } from "../envelope.ts";
import { commands, events } from "../messages.ts";
import { eventTopic, queues } from "../topology.ts";
import { contracts } from "./schemas.ts";

/** A name that AsyncAPI accepts as a key. */
const key = (type: string) => type.replaceAll(/[^A-Za-z0-9_-]/g, "-");
const messageRef = ({ type }: AnyContract) => ({ $ref: `#/components/messages/${key(type)}` });

/** The AsyncAPI 3 document of all queues and the topic. */
export function asyncApi(version: string): object {
  const queueNames = [...new Set(commands.map(({ queue }) => queue))];
  const channels = Object.fromEntries([
    ...queueNames.map((queue) => {
      const through = commands.filter((row) => row.queue === queue).map(({ contract }) => contract);
      const { description } = queues[queue];
      const messages = Object.fromEntries(through.map((contract) => [key(contract.type), messageRef(contract)]));
      return [queue, { address: queue, description, servers: [{ $ref: "#/servers/service-bus" }], messages }] as const;
    }),
    [
      eventTopic,
      {
        address: eventTopic,
        description: "What has happened, for whoever listens: subscribe by webhook, queue or function.",
        servers: [{ $ref: "#/servers/event-grid" }],
        messages: Object.fromEntries(events.map((contract) => [key(contract.type), messageRef(contract)])),
      },
    ] as const,
  ]);
  const channelMessage = (channel: string, { type }: AnyContract) => ({
    $ref: `#/channels/${channel}/messages/${key(type)}`,
  });
  const operations = Object.fromEntries([
    ...commands.map(({ contract, queue }) => [
      `receive-${key(contract.type)}`,
      {
        action: "receive",
        channel: { $ref: `#/channels/${queue}` },
        summary: `${queues[queue].receiver}: ${contract.description}`,
        messages: [channelMessage(queue, contract)],
      },
    ]),
    ...events.map((contract) => [
      `send-${key(contract.type)}`,
      {
        action: "send",
        channel: { $ref: `#/channels/${eventTopic}` },
        summary: `${(contract.statedBy ?? []).join(", ")}: ${contract.description}`,
        messages: [channelMessage(eventTopic, contract)],
      },
    ]),
  ]);
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Ratchet",
      version,
      description:
        "Commands go through queues to the one service that obeys them; events go through the topic to whoever listens. Both are CloudEvents 1.0.",
    },
    defaultContentType: "application/cloudevents+json",
    servers: {
      "service-bus": {
        host: "{namespace}.servicebus.windows.net",
        protocol: "amqp1",
        description: "Azure Service Bus, or the local one.",
        variables: { namespace: { description: "Name of the Service Bus namespace." } },
      },
      "event-grid": {
        host: "{topic}.{region}-1.eventgrid.azure.net",
        protocol: "https",
        description: "Azure Event Grid, or the local one.",
        variables: { topic: { default: eventTopic }, region: { description: "Azure region of the topic." } },
      },
    },
    channels,
    operations,
    components: {
      messages: Object.fromEntries(
        contracts.map(({ type, description, kind }) => [
          key(type),
          {
            name: type,
            title: type,
            summary: description,
            tags: [{ name: kind }],
            contentType: "application/cloudevents+json",
            payload: { $ref: `./schemas/${type}.json` },
          },
        ]),
      ),
    },
  };
}
