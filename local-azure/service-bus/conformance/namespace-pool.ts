import { randomUUID } from "node:crypto";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import type { RuleFilter } from "../src/index.ts";
import type { EntityPool } from "./entity-pool.ts";
import { queueKinds, subscriptionKinds } from "./kinds.ts";

/** A pool that makes entities in a namespace as they are asked for, and deletes them at the end. */
export function namespacePool(connectionString: string, close: () => Promise<void>): EntityPool {
  const administration = new ServiceBusAdministrationClient(connectionString);
  const cleanUp: (() => Promise<unknown>)[] = [];
  return {
    connectionString,
    async queue(kind) {
      const name = `${kind}-${randomUUID()}`;
      await administration.createQueue(name, queueKinds[kind]);
      cleanUp.push(() => administration.deleteQueue(name));
      return name;
    },
    async topic() {
      const name = `topic-${randomUUID()}`;
      await administration.createTopic(name);
      cleanUp.push(() => administration.deleteTopic(name));
      for (const [subscription, { rules }] of Object.entries(subscriptionKinds)) {
        await administration.createSubscription(name, subscription);
        if (!rules) continue;
        for (const rule of rules) {
          const filter = filterOf(rule.filter);
          const action = rule.action && { sqlExpression: rule.action.sqlExpression };
          if (action) await administration.createRule(name, subscription, rule.name, filter, action);
          else await administration.createRule(name, subscription, rule.name, filter);
        }
        await administration.deleteRule(name, subscription, "$Default");
      }
      return name;
    },
    async close() {
      for (const clean of cleanUp) await clean();
      await close();
    },
  };
}

/** The administration client knows true and false as the SQL that says so. */
function filterOf(filter: RuleFilter) {
  switch (filter.kind) {
    case "true":
      return { sqlExpression: "1=1" };
    case "false":
      return { sqlExpression: "1=0" };
    case "sql":
      return { sqlExpression: filter.sqlExpression };
    case "correlation": {
      const { subject, applicationProperties } = filter;
      return { subject, applicationProperties: applicationProperties as Record<string, string> };
    }
  }
}
