import {
  ArmError,
  type ArmRequest,
  type ArmResponse,
  dispatch,
  type ResourceProvider,
  resourceNotFound,
  route,
} from "@local-azure/resource-manager";
import { EventGridError, HandshakeError } from "../errors.ts";
import type { EventGrid } from "../event-grid.ts";
import type { EventSubscription } from "../subscription.ts";
import type { Topic } from "../topic.ts";
import { fromArm, toArm } from "./arm-subscription.ts";

/**
 * Event Grid's part of Resource Manager: topics and system topics to read, and their event subscriptions to create,
 * read, list and delete, by each of the addresses that Azure has for them.
 */
export function createEventGridProvider(eventGrid: EventGrid): ResourceProvider {
  const operations = subscriptionOperations(eventGrid);
  const topicAt = (kind: Topic["kind"], name: string, request: ArmRequest): Topic => {
    const topic = eventGrid.topics.find((each) => each.kind === kind && isSame(each.name, name));
    if (!topic) throw resourceNotFound(request);
    return topic;
  };
  /** `<id of a topic, or of the resource whose events a system topic has>/providers/Microsoft.EventGrid/…` */
  const topicOfScope = (request: ArmRequest): Topic => {
    const scope = request.scope;
    const topic = eventGrid.topics.find(({ id, source }) => isSame(id, scope) || isSame(source, scope));
    if (!topic) throw resourceNotFound(request);
    return topic;
  };

  const nested = (["custom", "system"] as const).flatMap((kind) => {
    const collection = kind === "custom" ? "topics" : "systemTopics";
    const type = `Microsoft.EventGrid/${collection}`;
    return [
      route("GET", `${collection}`, () => ({
        status: 200,
        body: { value: eventGrid.topics.filter((topic) => topic.kind === kind).map((topic) => show(topic, type)) },
      })),
      route("GET", `${collection}/{topic}`, (request, { topic }) => ({
        status: 200,
        body: show(topicAt(kind, topic, request), type),
      })),
      route("GET", `${collection}/{topic}/eventSubscriptions`, (request, { topic }) =>
        operations.list(topicAt(kind, topic, request), request),
      ),
      ...(["GET", "PUT", "DELETE"] as const).map((method) =>
        route(method, `${collection}/{topic}/eventSubscriptions/{name}`, (request, { topic, name }) =>
          operations[method](topicAt(kind, topic, request), name, request),
        ),
      ),
    ];
  });
  const show = (topic: Topic, type: string): object => ({
    id: topic.id,
    name: topic.name,
    type,
    location: "local",
    properties: {
      provisioningState: "Succeeded",
      ...(topic.kind === "custom"
        ? { endpoint: eventGrid.topicEndpoint(topic.name), inputSchema: topic.inputSchema }
        : { source: topic.source }),
    },
  });

  const routes = [
    ...nested,
    route("POST", "topics/{topic}/listKeys", (request, { topic }) => {
      const [key1, key2] = topicAt("custom", topic, request).keys;
      return { status: 200, body: { key1, key2 } };
    }),
    route("GET", "eventSubscriptions", (request) => operations.list(topicOfScope(request), request)),
    ...(["GET", "PUT", "DELETE"] as const).map((method) =>
      route(method, "eventSubscriptions/{name}", (request, { name }) =>
        operations[method](topicOfScope(request), name, request),
      ),
    ),
  ];
  return { namespace: "Microsoft.EventGrid", handle: (request) => dispatch(routes, request) };
}

type Operation = (topic: Topic, name: string, request: ArmRequest) => ArmResponse;

function subscriptionOperations(eventGrid: EventGrid): {
  readonly GET: Operation;
  readonly PUT: Operation;
  readonly DELETE: Operation;
  list(topic: Topic, request: ArmRequest): ArmResponse;
} {
  const find = (topic: Topic, name: string): EventSubscription | undefined =>
    eventGrid.subscriptions(topic.name).find((subscription) => isSame(subscription.name, name));
  /** Those whose destination has not agreed yet, by topic and name. */
  const creating = new Map<string, EventSubscription>();
  const keyOf = (topic: Topic, name: string): string => `${topic.name}/${name}`.toLowerCase();

  return {
    GET(topic, name, request) {
      const wanted = creating.get(keyOf(topic, name));
      if (wanted) return { status: 200, body: toArm(topic, wanted, request.path, "Creating") };
      const subscription = find(topic, name);
      if (!subscription) throw resourceNotFound(request);
      return { status: 200, body: toArm(topic, subscription, request.path, "Succeeded") };
    },
    PUT(topic, name, request) {
      const subscription = fromArm(name, request.body, topic);
      const key = keyOf(topic, name);
      creating.set(key, subscription);
      const created = async (): Promise<void> => {
        try {
          await eventGrid.subscribe(topic.name, subscription);
        } catch (error) {
          throw asArmError(error);
        } finally {
          if (creating.get(key) === subscription) creating.delete(key);
        }
      };
      const status = find(topic, name) ? 200 : 201;
      return request.startOperation(created, {
        status,
        body: toArm(topic, subscription, request.path, "Creating"),
      });
    },
    DELETE(topic, name) {
      return { status: eventGrid.unsubscribe(topic.name, name) ? 200 : 204 };
    },
    list(topic, request) {
      const value = eventGrid
        .subscriptions(topic.name)
        .map((subscription) => toArm(topic, subscription, `${request.path}/${subscription.name}`, "Succeeded"));
      return { status: 200, body: { value } };
    },
  };
}

function asArmError(error: unknown): unknown {
  if (error instanceof HandshakeError) return new ArmError(400, "EndpointValidationFailed", error.message);
  if (error instanceof EventGridError) return new ArmError(400, "InvalidRequest", error.message);
  return error;
}

function isSame(a: string, b: string): boolean {
  return a.replace(/^\//, "").toLowerCase() === b.replace(/^\//, "").toLowerCase();
}
