import type { Permission } from "@local-azure/authorization";
import type { AccessRight, AuthorizationRule } from "../entities.ts";
import { UnauthorizedError } from "../errors.ts";
import type { Access } from "../namespace.ts";
import { isSame, isSignedWith, parseSharedAccessSignature } from "./shared-access-signature.ts";

/** A shared access key of the namespace. */
export interface AccessKey {
  readonly name: string;
  readonly key: string;
  /** All, unless some are named. */
  readonly rights?: readonly AccessRight[];
}

export interface AccessOptions {
  readonly keys: readonly AccessKey[];
  /** Checks a bearer token (JWT): throws when it is not to be trusted. Without it bearer tokens are refused. */
  readonly verifyToken?: (token: string) => { readonly exp: number; readonly oid: string };
  /** Who may do what by role; without it, who has a token that is to be trusted may do everything. */
  readonly roles?: Roles;
}

interface Roles {
  /** The resource id of the namespace, below which roles are assigned. */
  readonly resourceId: string;
  /** Throws for what the principal (`oid` of a token) may not do, with the reason. */
  readonly require: (principalId: string, permission: Permission) => void;
}

/** Where an entity is in Resource Manager, below its namespace: `queues/orders`. */
export type EntityPath = (path: string) => string | undefined;

/** What a token allows. */
export interface Grant {
  /** Lower case and without slashes at its ends; the empty path is the whole namespace. */
  readonly path: string;
  readonly rights: readonly AccessRight[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Whose token it is; then roles decide, and not the token. */
  readonly principalId?: string;
}

const allRights: readonly AccessRight[] = ["Manage", "Send", "Listen"];

/** Who may do what. Without options everybody may do everything, as suits a broker on one's own machine. */
export class AccessPolicy implements Access {
  readonly #options: AccessOptions | undefined;
  readonly #clock: () => number;
  readonly #entityRules: (path: string) => readonly AuthorizationRule[];
  readonly #entityPath: EntityPath;

  constructor(
    options: AccessOptions | undefined,
    clock: () => number,
    entityRules: (path: string) => readonly AuthorizationRule[],
    entityPath: EntityPath = (path) => `queues/${path}`,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#entityRules = entityRules;
    this.#entityPath = entityPath;
  }

  get isOpen(): boolean {
    return this.#options === undefined;
  }

  /**
   * What a token allows for a resource (a URL).
   * @throws {UnauthorizedError} when the token is not to be trusted or is for another resource.
   */
  admit(token: string, resource: string): Grant {
    const path = pathOf(resource);
    if (!this.#options) return { path: "", rights: allRights, expiresAt: Number.POSITIVE_INFINITY };
    if (!token.startsWith("SharedAccessSignature ")) return this.#admitBearer(token, path);
    const parsed = parseSharedAccessSignature(token);
    const rights = this.#rightsOf(parsed.keyName, path, (key) => isSignedWith(parsed, key));
    if (!(parsed.expiresAt > this.#clock())) {
      throw new UnauthorizedError(`The token expired at ${parsed.expiry} (seconds since 1970). Make a new one.`);
    }
    if (!covers(pathOf(parsed.resource), path)) {
      throw new UnauthorizedError(`The token is for '${parsed.resource}' and does not cover '${resource}'.`);
    }
    return { path, rights, expiresAt: parsed.expiresAt };
  }

  /** SASL PLAIN: the name of a key and the key itself. */
  admitPlain(keyName: string, key: string): Grant {
    const rights = this.isOpen ? allRights : this.#rightsOf(keyName, "", (known) => isSame(known, key));
    return { path: "", rights, expiresAt: Number.POSITIVE_INFINITY };
  }

  /** @throws {UnauthorizedError} when there is no token, or it is not to be trusted or may not manage the resource. */
  requireManage(authorization: string | undefined, resource: string): void {
    if (this.isOpen) return;
    if (!authorization) throw new UnauthorizedError("The request has no Authorization header.");
    const grant = this.admit(authorization.replace(/^Bearer /i, ""), resource);
    const lacking = this.lacking(grant, pathOf(resource), "Manage");
    if (lacking !== undefined) {
      throw new UnauthorizedError(lacking || `The token lacks the Manage right for '${resource}'.`);
    }
  }

  /** Why a grant does not give a right to an entity: undefined where it does, empty where there is no more to say. */
  lacking({ rights, principalId }: Grant, path: string, right: AccessRight): string | undefined {
    const roles = this.#options?.roles;
    if (!roles || principalId === undefined) {
      return rights.includes(right) || rights.includes("Manage") ? undefined : "";
    }
    const entity = this.#entityPath(withoutPart(path));
    const scope = entity === undefined ? roles.resourceId : `${roles.resourceId}/${entity}`;
    try {
      roles.require(principalId, { plane: "data", action: actionFor(right), scope });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #admitBearer(token: string, path: string): Grant {
    if (!this.#options?.verifyToken) {
      throw new UnauthorizedError("This namespace takes shared access signatures only, and the token is none.");
    }
    try {
      const { exp, oid } = this.#options.verifyToken(token);
      return { path, rights: allRights, expiresAt: exp * 1000, principalId: oid };
    } catch (error) {
      throw new UnauthorizedError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  #rightsOf(keyName: string, path: string, matches: (key: string) => boolean): readonly AccessRight[] {
    const known = this.#options?.keys.filter(({ name }) => name === keyName) ?? [];
    for (const { key, rights } of known) if (matches(key)) return rights ?? allRights;
    for (const rule of this.#entityRules(path)) {
      const keys = [rule.primaryKey, rule.secondaryKey].filter((key) => key !== undefined);
      if (rule.keyName === keyName && keys.some(matches)) return rule.accessRights ?? [];
    }
    throw new UnauthorizedError(`The token is not signed with a key named '${keyName}' that this namespace knows.`);
  }
}

/**
 * The published action behind a right. The administration plane is asked for as data: only who owns all data has it.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/permissions/integration#microsoftservicebus
 */
function actionFor(right: AccessRight): string {
  if (right === "Send") return "Microsoft.ServiceBus/namespaces/messages/send/action";
  if (right === "Listen") return "Microsoft.ServiceBus/namespaces/messages/receive/action";
  return "Microsoft.ServiceBus/namespaces/queues/write";
}

/** An entity's own path, of a part of it such as its dead letters. */
const withoutPart = (path: string): string => path.replace(/\/\$.*$/, "");

/** The path of an audience such as `sb://localhost:5672/orders/$management`. */
function pathOf(resource: string): string {
  return resource
    .toLowerCase()
    .replace(/^[a-z]+:\/\/[^/]*/, "")
    .replace(/[?#].*$/, "")
    .replace(/^\/+|\/+$/g, "")
    .replace(/\/\$management$/, "");
}

function covers(granted: string, path: string): boolean {
  return granted === "" || path === granted || path.startsWith(`${granted}/`);
}

/** The grants of one connection. */
export class Grants {
  readonly #policy: AccessPolicy;
  readonly #clock: () => number;
  readonly #grants = new Map<string, Grant>();

  constructor(policy: AccessPolicy, clock: () => number) {
    this.#policy = policy;
    this.#clock = clock;
  }

  add(grant: Grant): void {
    this.#grants.set(grant.path, grant);
  }

  /** @throws {UnauthorizedError} when no token that was put on this connection allows it. */
  require(path: string, right: AccessRight): void {
    const lacking = this.#lacking(path, right);
    if (lacking === undefined) return;
    throw new UnauthorizedError(
      `Unauthorized access. '${right}' claim(s) are required to perform this operation on '${path}'. ${lacking}`.trim(),
    );
  }

  #lacking(path: string, right: AccessRight): string | undefined {
    if (this.#policy.isOpen) return undefined;
    const wanted = pathOf(path);
    let lacking = "";
    for (const grant of this.#grants.values()) {
      if (!(grant.expiresAt > this.#clock() && covers(grant.path, wanted))) continue;
      const why = this.#policy.lacking(grant, wanted, right);
      if (why === undefined) return undefined;
      lacking = why;
    }
    return lacking;
  }
}
