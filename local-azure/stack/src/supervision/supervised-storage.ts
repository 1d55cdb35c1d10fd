import { randomBytes } from "node:crypto";
import { lockFolder } from "@local-azure/processes";
import { type LocalStorage, StorageError, type StorageOptions, startStorage } from "@local-azure/storage";
import { supervise } from "./supervise.ts";
import type { Watch } from "./watch.ts";

/** How long a process that a killed run has left behind may take to end. */
const leftBehindMs = 10_000;

/**
 * Waits until no process of an earlier run has the folder.
 * @throws {FolderInUseError} when one still has it after ten seconds; it names the process.
 */
export async function untilLeft(folder: string): Promise<void> {
  (await lockFolder(folder, { waitMs: leftBehindMs })).release();
}

const explain = (error: unknown): { readonly reason: string; readonly output: readonly string[] } =>
  error instanceof StorageError
    ? { reason: `it could not start: ${error.reason}`, output: error.output }
    : { reason: String(error), output: [] };

type SupervisedStorage = Pick<LocalStorage, "blobEndpoint" | "endpointOf" | "port" | "setAccess" | "close">;

/** Starts storage, and again whenever its process ends: on the same port and folder, with the same key. */
export async function startSupervisedStorage(
  options: StorageOptions & { readonly account: { readonly name: string } },
  watch: Watch,
): Promise<SupervisedStorage> {
  const account = { key: randomBytes(64).toString("base64"), ...options.account };
  let port = options.port ?? 0;
  let { access } = options;
  let current: LocalStorage | undefined;
  const { server, close } = await supervise({
    name: "storage",
    watch,
    async start(onEnd) {
      const storage = await startStorage({
        ...options,
        account,
        port,
        ...(access && { access }),
        onEnd: ({ how, output }) => onEnd({ reason: `its process ${how}`, output }),
      });
      port = storage.port;
      current = storage;
      return storage;
    },
    explain,
    killedStart: (error) => (error instanceof StorageError && error.killedBy ? explain(error) : undefined),
  });
  const { blobEndpoint, endpointOf } = server;
  const setAccess: LocalStorage["setAccess"] = (newer) => {
    access = newer;
    current?.setAccess(newer);
  };
  return { blobEndpoint, endpointOf, port, setAccess, close };
}
