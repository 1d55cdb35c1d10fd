import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as contracts from "@ratchet/contracts";
import { madeOf } from "@ratchet/pipelines";
import { describe, expect, test } from "vitest";
import { configurationOf } from "../configuration/environments.ts";
import { type Grant, grantsOf, type Scope } from "./grants.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const grants = grantsOf(configurationOf("dev"));

/** The sources of a service, without what it imports from others: the laws of messaging are the same for all. */
const sourcesOf = (service: string) =>
  madeOf(`services/${service}/src/functions.ts`)
    .filter((path) => path.startsWith(`services/${service}/`) && path.endsWith(".ts"))
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");

const named = (source: string, pattern: RegExp): readonly string[] => [
  ...new Set([...source.matchAll(pattern)].map(([, name = ""]) => name)),
];

/** The queue of a command, by the name under which contracts export it. */
function queueOf(command: string): string | undefined {
  const contract = (contracts as Readonly<Record<string, unknown>>)[command];
  return contracts.commands.find((entry) => entry.contract === contract)?.queue;
}

describe.each(contracts.services)("the least privilege of %s is enough:", (service) => {
  const source = sourcesOf(service);
  const may = (scope: string) =>
    grants.filter((grant) => grant.principal === service && grant.scope === (scope as Scope));
  const roles = (scope: string): readonly Grant["role"][] => may(scope).map(({ role }) => role);

  test("it may open the containers that it names", () => {
    const opened = named(source, /\b(?:container|documents)\("([a-z-]+)"\)/g);
    expect(opened.length).toBeGreaterThan(0);
    expect(opened.filter((name) => may(`container:${name}`).length === 0)).toEqual([]);
  });

  test("it may receive from its queues, and send to them what is to be tried again", () => {
    const received = named(source, /\.receive\("([a-z-]+)"/g);
    expect(received.length).toBeGreaterThan(0);
    for (const queue of received)
      expect(roles(`queue:${queue}`).toSorted(), queue).toEqual([
        "Azure Service Bus Data Receiver",
        "Azure Service Bus Data Sender",
      ]);
  });

  test("it may send the commands that it sends", () => {
    for (const command of named(source, /\.send\((\w+),/g)) {
      const queue = queueOf(command);
      expect(queue, command).toBeDefined();
      expect(roles(`queue:${queue}`), `${command} to ${queue}`).toContain("Azure Service Bus Data Sender");
    }
  });

  test("it may say what has happened", () => {
    expect(roles("event-topic")).toEqual(["EventGrid Data Sender"]);
  });
});
