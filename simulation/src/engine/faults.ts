import type { Process } from "./processes.ts";
import type { Random } from "./random.ts";

/** What may go wrong with one effect. */
type Fault =
  /** The process ends before it, or after it and before hearing of it. */
  | { readonly kind: "process-ends"; readonly when: "before" | "after" }
  /** The call fails, without effect or having had it. */
  | { readonly kind: "call-fails"; readonly when: "before" | "after"; readonly error: Error }
  /** The answer takes very long, in milliseconds: locks run out meanwhile, others act. */
  | { readonly kind: "slow"; readonly by: number };

/** Something a process asks of the world. */
export interface Effect {
  /** The system that is asked, e.g. `storage` or `service-bus`. */
  readonly system: System;
  /** What is asked of it, in words: `writes batches/digits/admissions.json`. */
  readonly what: string;
  /** What a role has to allow: a container, a queue, `topic`, `workspace`, `sites`. */
  readonly scope: string;
  /** Whether it changes nothing: one that fails after the effect is one that fails before. */
  readonly reads?: boolean;
}

const systems = ["storage", "service-bus", "event-grid", "machine-learning", "app-service", "inference"] as const;
type System = (typeof systems)[number];

/** An error as an SDK of Azure throws it. */
export class SimulatedRestError extends Error {
  override readonly name: string = "RestError";
  readonly statusCode: number;
  readonly code: string;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}

/** What `@azure/identity` throws when no credential of a chain gives a token: no status, the reasons within. */
class AggregateAuthenticationError extends Error {
  override readonly name = "AggregateAuthenticationError";
  readonly errors: readonly Error[];

  constructor(errors: readonly Error[]) {
    super(`ChainedTokenCredential authentication failed.\n${errors.map(({ message }) => message).join("\n")}`);
    this.errors = errors;
  }
}

class NetworkError extends Error {
  override readonly name = "RestError";
  readonly code: string;

  constructor(code: string, what: string) {
    super(`${what}: ${code}`);
    this.code = code;
  }
}

/** A time in which something does not work for somebody. */
interface Outage {
  readonly until: number;
  readonly affects: (process: Process, effect: Effect) => boolean;
  readonly error: (effect: Effect) => Error;
}

/** What goes wrong, and when. */
export interface Faults {
  /** How many there were. */
  readonly count: number;
  /** The fault that meets an effect; undefined where it goes well. */
  of(process: Process, effect: Effect, now: number): Fault | undefined;
  /** Whether a process can reach something at all: a time in which it cannot is a fault of its own. */
  reaches(process: Process, effect: Effect, now: number): boolean;
  /** A time begins in which something does not work; says which, in words. */
  beginOutage(now: number): string;
  /** Counts a fault that is made elsewhere. */
  note(): void;
  /** From now on everything works. */
  stop(): void;
  readonly stopped: boolean;
}

const minute = 60_000;

const unavailable = (effect: Effect): Error =>
  new SimulatedRestError(503, "ServerBusy", `503 Server Busy: ${effect.what}`);
const identityDown = (): Error =>
  new AggregateAuthenticationError([new Error("ManagedIdentityCredential: 503 Service Unavailable")]);
const forbidden = (effect: Effect): Error =>
  new SimulatedRestError(403, "AuthorizationPermissionMismatch", `403 This request is not authorized: ${effect.what}`);

/** How likely an effect meets a fault of its own. */
const likelihood = 0.03;

export function createFaults(random: Random, services: readonly string[], scopes: readonly string[]): Faults {
  let count = 0;
  let stopped = false;
  let outages: Outage[] = [];

  function ownFault(effect: Effect): Fault {
    const when = random.chance(0.5) && !effect.reads ? "after" : "before";
    switch (random.int(0, 5)) {
      case 0:
      case 1:
        return { kind: "process-ends", when: random.chance(0.5) ? "after" : "before" };
      case 2:
        return { kind: "call-fails", when, error: unavailable(effect) };
      case 3:
        return { kind: "call-fails", when, error: new NetworkError("ECONNRESET", effect.what) };
      case 4:
        return { kind: "call-fails", when, error: new NetworkError("ETIMEDOUT", effect.what) };
      default:
        return { kind: "slow", by: random.span(500, 12 * minute) };
    }
  }

  return {
    get count() {
      return count;
    },
    of(process, effect, now) {
      if (stopped) return undefined;
      outages = outages.filter(({ until }) => until > now);
      const outage = outages.find(({ affects }) => affects(process, effect));
      if (outage) {
        count += 1;
        return { kind: "call-fails", when: "before", error: outage.error(effect) };
      }
      if (!random.chance(likelihood)) return undefined;
      count += 1;
      return ownFault(effect);
    },
    reaches(process, effect, now) {
      outages = outages.filter(({ until }) => until > now);
      return !outages.some(({ affects }) => affects(process, effect));
    },
    beginOutage(now) {
      count += 1;
      const lasts = random.span(5_000, 30 * minute);
      const until = now + lasts;
      const forHowLong = `for ${Math.round(lasts / 1000)} s`;
      const service = random.pick(services);
      switch (random.int(0, 2)) {
        case 0: {
          const system = random.pick(systems);
          outages.push({ until, affects: (_, effect) => effect.system === system, error: unavailable });
          return `${system} answers 503 ${forHowLong}`;
        }
        case 1:
          outages.push({ until, affects: (process) => process.service === service, error: identityDown });
          return `the identity endpoint of ${service} fails ${forHowLong}`;
        default: {
          const scope = random.pick(scopes);
          outages.push({
            until,
            affects: (process, effect) => process.service === service && effect.scope === scope,
            error: forbidden,
          });
          return `${service} loses its role on ${scope} ${forHowLong}`;
        }
      }
    },
    note() {
      count += 1;
    },
    get stopped() {
      return stopped;
    },
    stop() {
      stopped = true;
      outages = [];
    },
  };
}
