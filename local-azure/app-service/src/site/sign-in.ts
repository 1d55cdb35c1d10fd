/** As much of `config/authsettingsV2` as counts here; the rest is kept and given back. */
export interface SignInSettings {
  readonly platform?: { readonly enabled?: boolean };
  readonly globalValidation?: {
    readonly requireAuthentication?: boolean;
    readonly excludedPaths?: readonly string[];
  };
  readonly identityProviders?: { readonly azureActiveDirectory?: EntraSettings };
}

interface EntraSettings {
  readonly enabled?: boolean;
  readonly registration?: { readonly clientId?: string; readonly openIdIssuer?: string };
  readonly validation?: {
    readonly allowedAudiences?: readonly string[];
    readonly defaultAuthorizationPolicy?: {
      readonly allowedApplications?: readonly string[];
      readonly allowedPrincipals?: { readonly identities?: readonly string[]; readonly groups?: readonly string[] };
    };
  };
}

/** What a caller's token says, by its claims' names. */
export interface CallerClaims {
  readonly aud: string;
  /** Client id. */
  readonly appid: string;
  /** Object id. */
  readonly oid: string;
  /** The tenant. */
  readonly tid: string;
}

/** The claims of a genuine token; throws where it is none, with the reason. */
export type VerifyCaller = (token: string) => CallerClaims;

/** How a request is met at the front end: whether it goes on, and what the app is told of who asks. */
export type Admission =
  | { readonly kind: "admitted"; readonly caller?: CallerClaims }
  | { readonly kind: "refused"; readonly status: 401 | 403; readonly why: string };

const admitted = { kind: "admitted" } as const;
const refused = (status: 401 | 403, why: string): Admission => ({ kind: "refused", status, why });

/**
 * Decides about a request as App Service's own sign-in does (Easy Auth), with Entra as the one identity provider.
 *
 * A token has to be genuine, of the issuer's tenant, and for one of the audiences. Then, where applications are named, its client
 * id has to be one of them, and where identities or groups are named, its object id or its group; both where both are. An
 * audience without such a policy lets nobody in, as it has come to be on Azure
 * (https://github.com/pnp/Microsoft365-Analytics-Insights/issues/264), though it is documented otherwise: always name who may.
 *
 * Source: https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad#authorize-requests
 */
export function admit(
  settings: SignInSettings | undefined,
  request: { readonly path: string; readonly authorization: string | undefined },
  verify: VerifyCaller,
): Admission {
  if (!settings?.platform?.enabled) return admitted;
  const { requireAuthentication = false, excludedPaths = [] } = settings.globalValidation ?? {};
  const isOpen = !requireAuthentication || excludedPaths.includes(request.path);
  const token = /^Bearer\s+(\S+)$/i.exec(request.authorization ?? "")?.[1];
  if (!token) return isOpen ? admitted : refused(401, "There is no bearer token.");
  const decided = decide(settings.identityProviders?.azureActiveDirectory, token, verify);
  return isOpen && decided.kind === "refused" ? admitted : decided;
}

function decide(entra: EntraSettings | undefined, token: string, verify: VerifyCaller): Admission {
  if (!entra?.enabled) return refused(401, "No identity provider is enabled.");
  let caller: CallerClaims;
  try {
    caller = verify(token);
  } catch (error) {
    return refused(401, error instanceof Error ? error.message : String(error));
  }
  const { clientId = "", openIdIssuer = "" } = entra.registration ?? {};
  if (!openIdIssuer.split("/").includes(caller.tid)) return refused(401, `The token is of the tenant ${caller.tid}.`);
  const { allowedAudiences = [], defaultAuthorizationPolicy } = entra.validation ?? {};
  if (![clientId, ...allowedAudiences].includes(caller.aud)) return refused(401, `The token is for ${caller.aud}.`);
  if (!defaultAuthorizationPolicy) return refused(403, "Nobody is named who may ask.");
  const { allowedApplications = [], allowedPrincipals } = defaultAuthorizationPolicy;
  if (allowedApplications.length > 0 && !allowedApplications.includes(caller.appid))
    return refused(403, `The application ${caller.appid} is not among those that may ask.`);
  // The local directory has groups without members: whoever operates is the group.
  const principals = [...(allowedPrincipals?.identities ?? []), ...(allowedPrincipals?.groups ?? [])];
  if ((allowedPrincipals || allowedApplications.length === 0) && !principals.includes(caller.oid))
    return refused(403, `The identity ${caller.oid} is not among those that may ask.`);
  return { kind: "admitted", caller };
}

/** The headers by which an app is told who asks; nobody else's are passed on. */
export const callerHeaders = [
  "x-ms-client-principal",
  "x-ms-client-principal-id",
  "x-ms-client-principal-name",
] as const;

/** Source: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities */
export function headersOf(caller: CallerClaims | undefined): Readonly<Record<string, string>> {
  if (!caller) return {};
  const claims = Object.entries(caller).map(([typ, val]) => ({ typ, val: String(val) }));
  const principal = { auth_typ: "aad", claims, name_typ: "name", role_typ: "roles" };
  return {
    "x-ms-client-principal": Buffer.from(JSON.stringify(principal)).toString("base64"),
    "x-ms-client-principal-id": caller.oid,
    "x-ms-client-principal-name": caller.appid,
  };
}
