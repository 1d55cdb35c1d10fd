import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { howItEnded, keepLastLines, startNode } from "@local-azure/processes";
import type { StorageAccess } from "./access/admit.ts";
import type { BlobEvent } from "./blob-event.ts";
import { StorageError } from "./errors.ts";
import type { MessageFromService, MessageToService, ServiceSettings } from "./process-messages.ts";

export interface StorageOptions {
  /** Where blobs are kept from one run to the next; without it they are in memory, and gone at the end. */
  readonly folder?: string;
  /** The account; Azurite's well-known `devstoreaccount1` by default. */
  readonly account?: { readonly name: string; readonly key?: string };
  /** Accounts besides it, at the same address: by name, their resource ids. They raise no events. */
  readonly furtherAccounts?: Readonly<Record<string, string>>;
  /** Containers of the account that shall be there. Those that are stay as they are. */
  readonly containers?: readonly string[];
  /** PEM files of a certificate for `localhost`: bearer tokens are taken over https only. */
  readonly tls: { readonly certPath: string; readonly keyPath: string };
  readonly port?: number;
  /** The account's resource id, which events name as their source, and below which roles are assigned. */
  readonly resourceId?: string;
  /**
   * Whose tokens are believed, and who may do what; keys and anonymous requests are refused then. Without it a token is
   * believed by its form.
   */
  readonly access?: StorageAccess;
  /**
   * Called for each blob created, replaced or deleted; in the order of the changes. With a folder an event is taken when
   * this has returned, or its promise has been kept; until then it comes again with each start.
   */
  readonly onEvent?: (event: BlobEvent) => void | Promise<void>;
  /** Told of each request that a role is missing for: who lacks which action where. */
  readonly onRefusal?: (message: string) => void;
  /** Called if the service ends by itself while it should run. By default a process warning. */
  readonly onEnd?: (end: StorageEnd) => void;
}

/** How the service's process ended. */
export interface StorageEnd {
  /** In words that follow its name: "was killed by SIGKILL". */
  readonly how: string;
  /** The last lines that it wrote, oldest first. */
  readonly output: readonly string[];
}

/** A running blob service. */
export interface LocalStorage extends AsyncDisposable {
  /** e.g. `https://localhost:41234/devstoreaccount1` */
  readonly blobEndpoint: string;
  /** That of another account. */
  endpointOf(account: string): string;
  readonly accountName: string;
  /** For shared-key and SAS access, which bearer tokens make superfluous. */
  readonly accountKey: string;
  readonly port: number;
  readonly processId: number;
  /** Says who may do what from now on. */
  setAccess(access: StorageAccess): void;
  /** Writes what is still to be written, and ends the process. */
  close(): Promise<void>;
}

const emulatorAccount = {
  name: "devstoreaccount1",
  key: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
};
const closingTimeMs = 10_000;

/**
 * Starts Azurite's blob service in a process of its own, with events as Azure Storage raises them.
 * @throws {StorageError} when it cannot start: the port is in use, the folder cannot be written, its files not read.
 */
export async function startStorage(options: StorageOptions): Promise<LocalStorage> {
  const account = options.account ?? emulatorAccount;
  const accountKey = account.key ?? randomBytes(64).toString("base64");
  const settings = await settingsFrom(options, account.name);
  const child = startNode(fileURLToPath(new URL("./service-process.ts", import.meta.url)), {
    environment: { ...process.env, AZURITE_ACCOUNTS: accountsVariable(settings, accountKey) },
  });
  const lastLines = keepLastLines([child.stdout, child.stderr]);

  let closing = false;
  child.on("message", async (message: MessageFromService) => {
    if (message.kind === "refused") options.onRefusal?.(message.message);
    if (message.kind !== "event") return;
    await options.onEvent?.(message.event);
    tell(child, { kind: "taken", id: message.event.id });
  });
  const port = await started(child, settings, lastLines);
  child.once("close", (code, signal) => {
    if (closing) return;
    (options.onEnd ?? warn)({ how: howItEnded(code, signal), output: lastLines() });
  });

  const close = async (): Promise<void> => {
    closing = true;
    await end(child);
  };
  const endpointOf = (name: string) => `https://localhost:${port}/${name}`;
  return {
    blobEndpoint: endpointOf(account.name),
    endpointOf,
    accountName: account.name,
    accountKey,
    port,
    processId: child.pid ?? 0,
    setAccess: (access) => tell(child, { kind: "access", access }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function settingsFrom(options: StorageOptions, accountName: string): Promise<ServiceSettings> {
  for (const name of options.containers ?? []) checkContainerName(name);
  const folder = options.folder === undefined ? undefined : resolve(options.folder);
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  return {
    folder,
    accountName,
    containers: options.containers ?? [],
    furtherAccounts: options.furtherAccounts ?? {},
    tls: options.tls,
    port: options.port ?? 0,
    access: options.access,
    resourceId:
      options.resourceId ??
      `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/${accountName}`,
  };
}

/** `account:key;…`: the keys of further accounts are known to nobody. */
function accountsVariable({ accountName, furtherAccounts }: ServiceSettings, key: string): string {
  const further = Object.keys(furtherAccounts).map((name) => `${name}:${randomBytes(64).toString("base64")}`);
  return [`${accountName}:${key}`, ...further].join(";");
}

function checkContainerName(name: string): void {
  if (/^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || ["$root", "$web", "$logs"].includes(name)) return;
  throw new StorageError(
    `"${name}" cannot be a container's name: use 3 to 63 lower-case letters, digits and single hyphens.`,
  );
}

function started(child: ChildProcess, settings: ServiceSettings, lastLines: () => readonly string[]): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const fail = (reason: string, killedBy?: string): void => {
      const message = `The storage service could not start on port ${settings.port}: ${reason}`;
      reject(new StorageError(message, { reason, output: lastLines(), killedBy }));
    };
    child.once("error", (error) => fail(error.message));
    child.once("close", (code, signal) => fail(`its process ${howItEnded(code, signal)}`, signal ?? undefined));
    child.on("message", (message: MessageFromService) => {
      if (message.kind === "failed") fail(message.reason);
      if (message.kind === "started") resolvePort(message.port);
    });
    tell(child, { kind: "start", settings });
  });
}

function warn({ how, output }: StorageEnd): void {
  process.emitWarning(new StorageError(`The storage service ${how}.`, { output }));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // The last events may still be in the channel when the process has ended.
  const ended = [once(child, "exit"), ...(child.connected ? [once(child, "disconnect")] : [])];
  const tooLong = setTimeout(() => child.kill("SIGKILL"), closingTimeMs);
  tell(child, { kind: "close" });
  await Promise.all(ended);
  clearTimeout(tooLong);
}

/** What it is told while it ends is lost, and no error: it is told again by the next, or need not know. */
function tell(child: ChildProcess, message: MessageToService): void {
  if (child.connected) child.send(message, () => undefined);
}
