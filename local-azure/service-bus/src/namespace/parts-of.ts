import { EntityDisabledError, EntityNotFoundError } from "../errors.ts";
import type { QueueState } from "../queue/state.ts";
import type { StoredEntity } from "../store/store.ts";
import { parseAddress } from "./address.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { LiveEntity } from "./live-entities.ts";

/** The dispatchers of an entity; a topic has none. */
export function receivingParts(entity: LiveEntity): readonly Dispatcher[] {
  if (entity.kind === "topic") return [];
  return [entity.parts.main, entity.parts.deadLetters, entity.parts.transferDeadLetters];
}

export function queuesOf(entity: LiveEntity): readonly QueueState[] {
  return entity.kind === "topic" ? [entity.inbox] : receivingParts(entity).map((part) => part.queue);
}

export function queueIdsOf(entity: LiveEntity): readonly number[] {
  return queuesOf(entity).map((queue) => queue.id);
}

/** Ends the links of those who receive from an entity. */
export function detachAll(entity: LiveEntity, why: "gone" | "disabled"): void {
  const error =
    why === "gone"
      ? new EntityNotFoundError(entity.path)
      : new EntityDisabledError(entity.path, entity.description.status);
  for (const part of receivingParts(entity)) part.detachAll(error);
}

/** Names of rules are compared without regard to case, as all names are. */
export function ruleKey(name: string): string {
  return name.toLowerCase();
}

export function storedForm(entity: LiveEntity): StoredEntity {
  const { kind, description, createdAt, modifiedAt } = entity;
  const rules = entity.kind === "subscription" ? [...entity.rules.values()] : [];
  return {
    key: parseAddress(entity.path).key,
    kind,
    description,
    createdAt,
    modifiedAt,
    queueIds: queueIdsOf(entity),
    rules: rules.map(({ compiled, createdAt: madeAt }) => ({ description: compiled.description, createdAt: madeAt })),
  };
}
