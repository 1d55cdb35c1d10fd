import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { type Fields, object, userError } from "../fields.ts";

/** How many processes a job is, as its properties say. */
export interface Distributed {
  readonly resources?: { readonly instanceCount?: number | null } | null;
  readonly distribution?: {
    readonly distributionType: "PyTorch";
    readonly processCountPerInstance?: number | null;
  } | null;
}

/** One process of a job. */
export interface JobProcess {
  /** Its place among all; undefined for a job that is not distributed. */
  readonly rank?: number;
  /** The machine it runs on, from 0. The processes of one share a working folder. */
  readonly instance: number;
  /** Its log below `user_logs`. */
  readonly log: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Reads `resources.instanceCount` and `distribution`; what else stands there is Azure's.
 * @throws {ArmError} when they are of another type, ask for no processes, or for what is not run here: 400 that names it.
 */
export function parseDistribution(fields: Fields): Distributed {
  const resources = optionalObject(fields, "resources");
  const distribution = optionalObject(fields, "distribution");
  const instances = countAt(resources, "resources.instanceCount") ?? 1;
  countAt(distribution, "distribution.processCountPerInstance");
  if (distribution && distribution["distributionType"] !== "PyTorch") {
    const type = String(distribution["distributionType"]);
    throw userError(`The distribution type '${type}' is not run here; only 'PyTorch' is.`);
  }
  if (instances > 1 && !distribution) {
    throw userError(
      `'properties.resources.instanceCount' is ${instances}, and without a 'distribution' a job is one process.`,
    );
  }
  return fields as Distributed;
}

function optionalObject(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  return value === undefined || value === null ? undefined : object(value, `properties.${name}`);
}

function countAt(fields: Fields | undefined, path: string): number | undefined {
  const value = fields?.[path.replace(/^.*\./, "")];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  throw userError(`'properties.${path}' is ${JSON.stringify(value)}; a whole number from 1 was expected.`);
}

/**
 * The processes of a job, by rank. Each of a distributed one has what Azure ML sets for PyTorch: the address and port of
 * rank 0, `WORLD_SIZE`, `NODE_RANK` of its instance, `RANK` and `LOCAL_RANK` of its own.
 * Source: learn.microsoft.com/azure/machine-learning/how-to-train-distributed-gpu, "Per-process-launcher". The names of
 * logs are as azure-ai-ml knows them (its `_job_ops_helper.py` and the tests of it): with leading zeros.
 * @param masterPort a free port of this machine.
 */
export function processesOf(job: Distributed, masterPort: number): readonly JobProcess[] {
  if (!job.distribution) return [{ instance: 0, log: "std_log.txt", environment: {} }];
  const perInstance = job.distribution.processCountPerInstance ?? 1;
  const size = perInstance * (job.resources?.instanceCount ?? 1);
  const digits = String(size - 1).length;
  return Array.from({ length: size }, (_, rank) => {
    const instance = Math.floor(rank / perInstance);
    return {
      rank,
      instance,
      log: `std_log_process_${String(rank).padStart(digits, "0")}.txt`,
      environment: {
        MASTER_ADDR: "127.0.0.1",
        MASTER_PORT: String(masterPort),
        WORLD_SIZE: String(size),
        NODE_RANK: String(instance),
        RANK: String(rank),
        LOCAL_RANK: String(rank % perInstance),
      },
    };
  });
}

/** All instances are this machine: what their processes say to each other stays on it, unless the job has it otherwise. */
export function loopbackOnly(): Readonly<Record<string, string>> {
  const loopback = Object.entries(networkInterfaces()).find(([, addresses]) =>
    addresses?.some(({ internal }) => internal),
  );
  return loopback ? { GLOO_SOCKET_IFNAME: loopback[0] } : {};
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The loopback has given no port.");
  return address.port;
}
