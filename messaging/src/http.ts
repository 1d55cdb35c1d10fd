import type { HttpResponseInit } from "@azure/functions";

/** One field of a request that is wrong. */
export interface RequestFault {
  readonly field: string;
  readonly message: string;
}

/** The one shape in which every service refuses a request: `{"error": {"code", "message", "fields"?}}`. */
export const refused = (
  status: number,
  code: string,
  message: string,
  fields?: readonly RequestFault[],
): HttpResponseInit => ({ status, jsonBody: { error: { code, message, ...(fields ? { fields } : {}) } } });
