import { BadRequestError } from "@local-azure/http";
import type { ArmRequest, ArmResponse } from "./provider.ts";

/** A refusal in Resource Manager's own terms: an HTTP status, a code that programs match on, a message for people. */
export class ArmError extends Error {
  override readonly name = "ArmError";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface ArmErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

/** Any failure as a Resource Manager error: what is no refusal of any kind becomes a 500 that keeps the message. */
export function toArmError(error: unknown): ArmError {
  if (error instanceof ArmError) return error;
  if (error instanceof BadRequestError) return badRequest(error.message);
  return new ArmError(500, "InternalServerError", error instanceof Error ? error.message : String(error));
}

export function errorBody(error: ArmError): ArmErrorBody {
  return { error: { code: error.code, message: error.message } };
}

export function errorResponse(error: unknown): ArmResponse {
  const refusal = toArmError(error);
  return { status: refusal.status, body: errorBody(refusal) };
}

/** The 404 that Resource Manager gives for a resource that does not exist. */
export function resourceNotFound(request: Pick<ArmRequest, "namespace" | "segments" | "resourceGroup">): ArmError {
  const scope = request.resourceGroup === undefined ? "the subscription" : `resource group '${request.resourceGroup}'`;
  return new ArmError(
    404,
    "ResourceNotFound",
    `The Resource '${request.namespace}/${request.segments.join("/")}' under ${scope} was not found.`,
  );
}

export function badRequest(message: string): ArmError {
  return new ArmError(400, "BadRequest", message);
}
