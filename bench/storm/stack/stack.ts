import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Deployment, findDeployment } from "@ratchet/cli/deployment";
import { followLogs, type Logs } from "../seen/logs.ts";
import { type MemoryWatch, watchMemory } from "../seen/memory.ts";
import { type RequestCount, readRequests } from "../seen/requests.ts";

/** The local stack in processes of its own, seen from outside. */
export interface Stack extends AsyncDisposable {
  readonly deployment: Deployment;
  /** Where the stack keeps its state. */
  readonly folder: string;
  /** For the files of whoever uses it. */
  readonly files: string;
  readonly logs: Logs;
  readonly memory: MemoryWatch;
  /** What the services have asked of storage and topic since they started. */
  requests(): Promise<readonly RequestCount[]>;
}

/** @throws {Error} when it does not start; it has said why on standard error. */
export async function startStack(): Promise<Stack> {
  // Paths of sockets must be short.
  const root = await mkdtemp(join(tmpdir(), "storm-"));
  const [folder, files, sockets] = ["ratchet", "files", "s"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([files, sockets].map((path) => mkdir(path)));
  const program = fileURLToPath(new URL("./stack-process.ts", import.meta.url));
  const child = fork(program, [folder, sockets], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const ended = once(child, "exit");
  const [said] = (await Promise.race([once(child, "message"), ended])) as [unknown];
  if (said !== "ready") throw new Error(`the local stack did not start: its process ended with ${said}`);
  const deployment = await findDeployment(folder);
  const memory = watchMemory(child.pid ?? 0);
  return {
    deployment,
    folder,
    files,
    logs: followLogs(join(folder, "logs")),
    memory,
    requests: () => readRequests(sockets),
    async [Symbol.asyncDispose]() {
      memory.stop();
      await deployment.close();
      if (child.connected) child.send("close");
      await ended;
      await rm(root, { recursive: true, force: true });
    },
  };
}
