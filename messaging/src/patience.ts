/**
 * How long it is worth trying again after an error: `brief`, for a fault that passes within minutes; `roles`, for a right
 * that is not there yet, as a change of roles takes half an hour and more to arrive; `none`, where trying again cannot
 * help.
 */
export type Patience = "brief" | "roles" | "none";

/** Beside a server's own failures: a time-out, a lost race, throttling. */
const passingStatuses = new Set([408, 409, 412, 425, 429]);
const roleStatuses = new Set([401, 403]);

/**
 * The network's, name resolution with it, as Node, undici and the pipelines of the Azure SDKs spell them; and what Service
 * Bus calls not retryable although it passes, a queue that is full at the moment among it.
 */
const passingCodes = new Set([
  "EAI_AGAIN",
  "EAI_FAIL",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETRESET",
  "ENETUNREACH",
  "ENOTCONN",
  "ENOTFOUND",
  "EPIPE",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ETIMEDOUT",
  "QuotaExceeded",
  "REQUEST_SEND_ERROR",
  "ServiceCommunicationProblem",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/** The Service Bus SDK overwrites the code of a connection that could not be made; the system's call stays. */
const networkCalls = new Set(["connect", "getaddrinfo"]);

/** `AbortError` is also what the storage SDK makes of a download that was cut off. */
const passingNames = new Set(["TimeoutError", "AbortError"]);

/** What @azure/identity throws when it gets no token; the answer that it got stands below, as a cause. */
const identityNames = new Set([
  "AggregateAuthenticationError",
  "AuthenticationError",
  "AuthenticationRequiredError",
  "CredentialUnavailableError",
]);

const field = (error: object, name: string): unknown => (error as Readonly<Record<string, unknown>>)[name];

const ofStatus = (status: number): Patience => {
  if (roleStatuses.has(status)) return "roles";
  return passingStatuses.has(status) || status >= 500 ? "brief" : "none";
};

/** What an error tells by itself; undefined where it tells nothing, and what is within it decides. */
function ofItself(error: object): Patience | undefined {
  const says = field(error, "transient");
  if (typeof says === "boolean") return says ? "brief" : "none";
  const status = field(error, "statusCode") ?? field(error, "status");
  if (typeof status === "number") return ofStatus(status);
  const code = field(error, "code");
  if (code === "UnauthorizedAccess") return "roles";
  // Only a yes is taken: the SDK says no of names that cannot be resolved and connections that are refused.
  if (field(error, "retryable") === true || passingCodes.has(String(code))) return "brief";
  if (networkCalls.has(String(field(error, "syscall"))) || passingNames.has(String(field(error, "name"))))
    return "brief";
  return undefined;
}

/** The longest patience that an error asks for by its cause, or by the errors that it gathers. */
function ofWhatIsWithin(error: object, depth: number): Patience {
  const gathered = field(error, "errors");
  const within = [field(error, "cause"), ...(Array.isArray(gathered) ? gathered : [])];
  const asked = within.map((inner) => patienceAt(inner, depth + 1));
  return asked.find((patience) => patience === "roles") ?? asked.find((patience) => patience === "brief") ?? "none";
}

/** An error may be its own cause; nobody wraps one this often. */
const deepest = 10;

function patienceAt(error: unknown, depth: number): Patience {
  if (typeof error !== "object" || error === null || depth > deepest) return "none";
  // Without a token nothing was asked of anybody: the identity endpoint is away, or knows of no right yet.
  if (identityNames.has(String(field(error, "name")))) {
    const refused = roleStatuses.has(Number(field(error, "statusCode"))) || ofWhatIsWithin(error, depth) === "roles";
    return refused ? "roles" : "brief";
  }
  return ofItself(error) ?? ofWhatIsWithin(error, depth);
}

/**
 * How long it is worth trying again after an error. What an error says of itself decides (`transient`, or the status of an
 * answer), else the kind of fault that it is, else what it was caused by.
 */
export const patienceFor = (error: unknown): Patience => patienceAt(error, 0);
