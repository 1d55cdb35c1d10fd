import { createHash } from "node:crypto";

/** An identity of the local directory. */
export interface Identity {
  /** By which it is named where it is used: `AZURE_CLIENT_ID`. */
  readonly clientId: string;
  /** By which roles are assigned: `oid` in its tokens. */
  readonly principalId: string;
}

/** The tenant that local identities belong to. It exists nowhere else. */
export const localTenant = "10ca1000-0000-4000-8000-000000000000";

/** The identity of a resource, user-assigned or its own: the same in every run. */
export function identityOf(resourceId: string): Identity {
  const clientId = uuidFrom(`client id of ${resourceId.toLowerCase()}`);
  return { clientId, principalId: objectIdOf(clientId) };
}

export const objectIdOf = (clientId: string): string => uuidFrom(`object id of ${clientId}`);

/** A UUID (version 8, RFC 9562) from a text, so that logs of two runs name one identity alike. */
function uuidFrom(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
