import { access, constants, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { findOrInstallPython } from "@local-azure/machine-learning";
import { startLocalAzure } from "@local-azure/stack";
import { builtBundle, uploadBundle } from "../commands/release.ts";
import { connectLocal, type Deployment, type LocalDeployment, localDeploymentFile } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { openLog } from "./log-file.ts";
import { infrastructure, localNames, operator } from "./names.ts";
import { sayServer, stoppedBy } from "./server-words.ts";
import { givenSettings, localTopology, settingsAt } from "./topology.ts";

interface StartOptions {
  /** Where state, logs and the addresses for other commands are kept. */
  readonly folder: string;
  readonly progress: Progress;
  readonly onJobOutput?: (job: string, line: string) => void;
  /** What every service gets beside its own settings, such as NODE_OPTIONS for who wants to look into it. */
  readonly serviceSettings?: Readonly<Record<string, string>>;
  /** Whether every server asks for roles, as Azure does; it does where this is left out. A bench lays out what services leave. */
  readonly enforcesRoles?: boolean;
}

/** Ratchet running on this machine. */
export interface RunningRatchet {
  readonly deployment: Deployment;
  readonly addresses: Readonly<Record<string, string>>;
  /** Certificate and key for `localhost`, that everything here trusts. */
  readonly tls: { readonly cert: string; readonly key: string };
  readonly folder: string;
  /** Resolves with the reason when a server could not be kept up: there is nothing left but to close. */
  readonly failure: Promise<Error>;
  close(): Promise<void>;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WrongInputError(`state cannot be kept in ${folder} (${why}); give another folder with --folder`);
  }
}

/** Starts the local Azure with every service on it, releases the inference code, and writes down where all of it is. */
export async function startRatchet(options: StartOptions): Promise<RunningRatchet> {
  const { folder: given, progress, onJobOutput, serviceSettings, enforcesRoles = true } = options;
  const folder = resolve(given);
  await makeFolder(folder);
  const configured = givenSettings(process.env);
  const [python, access] = await Promise.all([
    findOrInstallPython({ variable: "RATCHET_PYTHON", onProgress: (text) => progress.doing(text) }),
    // Infrastructure takes a second to load: meanwhile the interpreter says who it is.
    import("./access.ts").then(({ localAccess }) => localAccess(configured)),
  ]);
  const log = await openLog(join(folder, "logs"));
  const topology = {
    ...localTopology(python.path, configured, serviceSettings),
    ...(enforcesRoles ? { access } : {}),
  };
  const azure = await startLocalAzure(topology, {
    folder,
    onProgress: (part, address) => progress.done(`${part.padEnd(16)} ${address}`),
    onServer: (report) => sayServer(progress, report),
    onRefusal: sayOnce((message) => progress.failed(`a role is missing: ${message}`)),
    onSiteLog: log.site,
    onJobOutput(job, line) {
      log.job(job, line);
      onJobOutput?.(job, line);
    },
  });
  const settings = settingsAt(azure.addresses);
  const local: LocalDeployment = {
    settings,
    identity: azure.environmentFor({ systemAssigned: operator }),
    infrastructure: azure.environmentFor({ systemAssigned: infrastructure }),
    eventTopic: localNames.eventTopic,
    caCertificatePath: azure.authority.caCertificatePath,
    processId: process.pid,
  };
  const file = localDeploymentFile(folder);
  const close = async () => {
    await rm(file, { force: true });
    await azure.close();
    await log.close();
  };
  try {
    const deployment = await connectLocal(local);
    progress.doing("releasing the inference code");
    const bundle = await uploadBundle(deployment, builtBundle);
    progress.done(`inference code   ${bundle.sha256.slice(0, 12)} (${(bundle.bytes / 1e6).toFixed(1)} MB) released`);
    // The identity's secret is in it: for this user's eyes only. Others read it: they find all of it, or none.
    await writeFile(`${file}.new`, `${JSON.stringify(local, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
    const addresses = {
      "blob storage": azure.addresses.blobEndpoint,
      "service bus": azure.addresses.serviceBusNamespace,
      "event grid topic": settings.EVENT_GRID_TOPIC_ENDPOINT,
      "resource manager": azure.addresses.resourceManagerEndpoint,
      ...Object.fromEntries(azure.sites.map(({ name, endpoint }) => [name, endpoint])),
      logs: join(folder, "logs"),
    };
    return {
      deployment,
      addresses,
      tls: azure.authority.server,
      folder,
      failure: azure.failure.then((failure) => stoppedBy(failure, folder)),
      async close() {
        await deployment.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Services try again for hours what a missing role does not let them do. */
function sayOnce(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    say(text);
  };
}
