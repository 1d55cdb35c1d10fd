import { createAuthorization, MissingPermissionError, type RoleAssignment } from "@local-azure/authorization";
import { createTokenVerifier, InvalidTokenError, type PublicKey, type VerifyToken } from "@local-azure/identity/tokens";
import { type AskedOperation, permissionsFor } from "./operations.ts";

/** Whose tokens are believed, and who may do what: all that the service's process has to know. */
export interface StorageAccess {
  /** Of whoever issues the tokens. */
  readonly publicKey: PublicKey;
  /** Without them, who has a token may do everything. */
  readonly assignments?: readonly RoleAssignment[];
  /** What people call the principals, by their object ids. */
  readonly names?: Readonly<Record<string, string>>;
}

/** A request as far as it matters who sends it. */
interface AskedRequest extends AskedOperation {
  readonly account: string;
  readonly authorization: string | undefined;
  /** Whether the address carries a shared access signature. */
  readonly isSigned: boolean;
}

/** A request that is not let in, in the words of Azure Storage. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Somebody lacks a permission. */
export interface RefusedPermission {
  /** Who, what and where, in the words of Resource Manager. */
  readonly message: string;
}

/** Why a request is not let in; undefined where it is. */
export type Admit = (request: AskedRequest) => Refusal | undefined;

/**
 * Lets in requests with a token of the issuer's for the account, of somebody who may do what is asked.
 * @param accounts resource ids by name.
 * @param origin where they all answer.
 */
export function admitBy(
  access: StorageAccess,
  accounts: Readonly<Record<string, string>>,
  origin: string,
  onRefusal?: (refusal: RefusedPermission) => void,
): Admit {
  const verify = createTokenVerifier(access.publicKey);
  const { assignments, names = {} } = access;
  const authorization = assignments && createAuthorization({ assignments, names, ...(onRefusal && { onRefusal }) });
  return (request) => {
    const { account, authorization: header, isSigned } = request;
    if (header === undefined) return isSigned ? keysRefused : anonymous;
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    if (token === undefined) return keysRefused;
    const principal = principalOf(verify, token, ["https://storage.azure.com", `${origin}/${account}`]);
    if (typeof principal !== "string") return principal;
    const permissions = permissionsFor(request, accounts[account] ?? account);
    if (!permissions) return { ...mismatch, message: `${mismatch.message} (${request.name} is not known here.)` };
    try {
      for (const permission of permissions) authorization?.require(principal, permission);
      return undefined;
    } catch (error) {
      if (!(error instanceof MissingPermissionError)) throw error;
      return { ...mismatch, message: `${mismatch.message} ${error.message}` };
    }
  };
}

function principalOf(verify: VerifyToken, token: string, audience: readonly string[]): string | Refusal {
  try {
    return verify(token, { audience }).oid;
  } catch (error) {
    if (!(error instanceof InvalidTokenError)) throw error;
    return { status: 401, code: "InvalidAuthenticationInfo", message: error.message };
  }
}

const anonymous: Refusal = {
  status: 401,
  code: "NoAuthenticationInformation",
  message: "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
};
const keysRefused: Refusal = {
  status: 403,
  code: "KeyBasedAuthenticationNotPermitted",
  message: "Key based authentication is not permitted on this storage account.",
};
const mismatch: Refusal = {
  status: 403,
  code: "AuthorizationPermissionMismatch",
  message: "This request is not authorized to perform this operation using this permission.",
};
