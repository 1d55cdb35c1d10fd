import { randomUUID } from "node:crypto";
import { BadRequestError } from "@local-azure/http";
import {
  EntityExistsError,
  EntityNotFoundError,
  InvalidEntityError,
  QuotaExceededError,
  ServiceBusError,
  UnauthorizedError,
} from "../errors.ts";
import { ForwardingDestinationError } from "./forwarding.ts";
import { element } from "./xml-writer.ts";

/** A request that is wrong in itself: its method, its size, its paging. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Failure {
  readonly status: number;
  readonly body: string;
}

/** The answer to a failed request. Clients read the case from the status and the SubCode in the detail. */
export const failureOf = (error: unknown): Failure => {
  const { status, subCode } = codesOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const detail = `SubCode=${subCode}. ${message} TrackingId:${randomUUID()}, Timestamp:${new Date().toISOString()}`;
  return { status, body: element("Error", [element("Code", String(status)), element("Detail", detail)]).xml };
};

const codesOf = (error: unknown): { readonly status: number; readonly subCode: number } => {
  if (error instanceof RequestError || error instanceof BadRequestError)
    return { status: error.status, subCode: error.status * 100 };
  if (error instanceof UnauthorizedError) return { status: 401, subCode: 40100 };
  if (error instanceof ForwardingDestinationError) return { status: 400, subCode: 40400 };
  if (error instanceof EntityNotFoundError) return { status: 404, subCode: 40400 };
  if (error instanceof EntityExistsError) return { status: 409, subCode: 40900 };
  if (error instanceof QuotaExceededError) return { status: 403, subCode: 40300 };
  if (error instanceof InvalidEntityError) return { status: 400, subCode: 40000 };
  return error instanceof ServiceBusError ? { status: 400, subCode: 40000 } : { status: 500, subCode: 50000 };
};
