import type { Grants } from "../access/access-policy.ts";
import { settleDelivery } from "../amqp/adjust.ts";
import { accepted, type RheaReceiver, rejected, types } from "../amqp/rhea.ts";
import { InvalidRequestError, MessageTooLargeError, NotImplementedError } from "../errors.ts";
import { operations } from "../management/operations.ts";
import { RequestBody } from "../management/request-body.ts";
import type { Broker } from "./broker.ts";
import { amqpError, type LinkHandler } from "./link-handler.ts";
import type { ReplyLinks } from "./replies.ts";
import { type Request, readRequest } from "./request.ts";

/** Answers one request: the reply's status, description and body. */
type Answer = (request: Request) => Promise<Reply> | Reply;

interface Reply {
  readonly status: number;
  readonly description: string;
  readonly condition?: string;
  readonly body?: object | undefined;
}

const credit = 1000;
/** Requests carry messages (schedule-message), so they may be as large as these, and several at once. */
const largestRequestBytes = 8 * 1024 * 1024;

const statusOfCondition: Readonly<Record<string, number>> = {
  "amqp:not-found": 404,
  "com.microsoft:message-not-found": 404,
  "com.microsoft:entity-already-exists": 409,
  "amqp:unauthorized-access": 401,
  "amqp:not-allowed": 403,
  "amqp:resource-limit-exceeded": 403,
  "amqp:link:message-size-exceeded": 403,
  "com.microsoft:entity-disabled": 403,
  "com.microsoft:message-lock-lost": 410,
  "com.microsoft:session-lock-lost": 410,
  "amqp:not-implemented": 501,
  "amqp:internal-error": 500,
};

/** Everything that requests need of the connection they come on. */
interface RequestSurroundings {
  readonly broker: Broker;
  readonly replies: ReplyLinks;
}

/**
 * Takes the requests of a client and sends the replies on the link that it has opened for them. What cannot be answered
 * ends the link with the reason: the SDK has no other way to learn of it than to wait for a minute.
 */
export function openResponder(
  { broker, replies }: RequestSurroundings,
  link: RheaReceiver,
  address: string,
  answer: Answer,
): LinkHandler {
  link.local.attach.max_message_size = largestRequestBytes;
  link.add_credit(credit);
  let hasEnded = false;
  const end = (error: unknown): void => {
    hasEnded = true;
    link.close(amqpError(error));
  };
  return {
    sizeLimit: largestRequestBytes,
    onMessage(bytes, delivery, oversize) {
      if (hasEnded) return;
      let request: Request;
      try {
        if (oversize !== undefined) throw new MessageTooLargeError(oversize, largestRequestBytes);
        request = readRequest(bytes);
      } catch (error) {
        settleDelivery(delivery, rejected(amqpError(error)));
        end(error);
        return;
      }
      settleDelivery(delivery, accepted);
      const onSent = () => link.add_credit(1);
      void replyTo(request).then((reply) =>
        broker.journal.afterCommit(() =>
          replies.send(link, address, request.replyTo, { message: messageOf(request, reply), onSent, onLost: end }),
        ),
      );
    },
    onEnding: end,
    onGone: () => {},
  };

  async function replyTo(request: Request): Promise<Reply> {
    try {
      return await answer(request);
    } catch (error) {
      const { condition, description } = amqpError(error);
      return { status: statusOfCondition[condition] ?? 400, description, condition };
    }
  }
}

function messageOf(request: Request, { status, description, condition, body }: Reply): object {
  const told = condition && types.wrap_symbol(condition);
  return {
    ...(request.id && { correlation_id: request.id }),
    application_properties: {
      statusCode: types.wrap_int(status),
      "status-code": types.wrap_int(status),
      statusDescription: description,
      "status-description": description,
      ...(told && { errorCondition: told, "error-condition": told }),
    },
    body,
  };
}

/** Puts tokens on a connection: the node `$cbs`. */
export function answerTokens(broker: Broker, grants: Grants): Answer {
  return ({ properties, body }) => {
    const operation = properties.get("operation");
    if (operation !== "put-token") throw new NotImplementedError(`'${operation}' is unknown here: put-token is meant.`);
    const token = body && new RequestBody(new Map([["token", body]])).optionalText("token");
    if (!token) throw new InvalidRequestError("A put-token request carries its token as the body.");
    grants.add(broker.access.admit(token, String(properties.get("name") ?? "")));
    return { status: 202, description: "Accepted" };
  };
}

/**
 * Manages the messages, sessions and rules of one entity.
 * @throws {EntityNotFoundError} when there is none.
 */
export function answerManagement(broker: Broker, grants: Grants, address: string): Answer {
  const entityAddress = address.slice(0, -"/$management".length);
  broker.entities.find(entityAddress);
  return async ({ properties, body }) => {
    const name = String(properties.get("operation"));
    const operation = operations.get(name);
    if (!operation) throw new NotImplementedError(`The operation '${name}' is not implemented.`);
    grants.require(entityAddress, operation.needs);
    const found = broker.entities.find(entityAddress);
    found.entity.accessedAt = broker.clock();
    const dispatcher = found.entity.kind === "topic" ? undefined : found.entity.parts[found.address.part];
    const queue = found.entity.kind === "topic" ? found.entity.inbox : found.entity.parts[found.address.part].queue;
    const reply = await operation.run({
      namespace: broker.namespace,
      entity: found.entity,
      queue,
      dispatcher,
      body: RequestBody.of(body),
      now: broker.clock(),
    });
    return { status: reply.status, description: reply.status === 200 ? "OK" : "No Content", body: reply.body };
  };
}
