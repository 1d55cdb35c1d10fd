import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startFunctionApp } from "@local-azure/functions-host";
import { pin, serverCore } from "./pin.ts";
import { type Network, protocolRequest, type Server, type ServerKind } from "./server.ts";

const request = protocolRequest("/v2/models/digits/infer");
const bareServer = fileURLToPath(new URL("./bare-server.ts", import.meta.url));

/** A server of `node:http` in a process of its own. */
async function bare(name: string, words: readonly string[], ask: Server["request"]): Promise<Server> {
  const started = performance.now();
  const child = fork(bareServer, words, { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const [port] = (await once(child, "message")) as [number];
  const { pid = -1 } = child;
  await pin(pid, serverCore);
  return {
    ...{ name, port, pid, firstAnswer: performance.now() - started, request: ask },
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

/** The inference app as it is published, in the functions host. */
async function inHost(name: string, directory: string, settings: Readonly<Record<string, string>>): Promise<Server> {
  const started = performance.now();
  const app = await startFunctionApp({ name: "inference", directory, settings });
  await fetch(`${app.endpoint}/v2/health/ready`);
  const firstAnswer = performance.now() - started;
  await pin(app.pid, serverCore);
  return { name, port: app.port, pid: app.pid, firstAnswer, request, close: () => app.close() };
}

/** @param folderOf the published app of a network. */
export const ourServers = (folderOf: (network: Network) => string): readonly ServerKind[] => [
  {
    name: "node:http, an echo",
    isLimit: true,
    start: () => bare("node:http, an echo", ["echo"], request),
  },
  {
    name: "node:http, onnxruntime-node and nothing else",
    isLimit: true,
    start: (network) =>
      bare("node:http, onnxruntime-node and nothing else", ["raw", folderOf(network)], (format, rows) =>
        format === "json" ? { ...request(format, rows), path: "/json" } : undefined,
      ),
  },
  {
    name: "Ratchet, on bare node:http",
    start: (network) => bare("Ratchet, on bare node:http", ["handlers", folderOf(network)], request),
  },
  {
    name: "Ratchet, Azure Functions",
    start: (network) => inHost("Ratchet, Azure Functions", folderOf(network), {}),
  },
  {
    name: "Ratchet, Azure Functions, lean",
    start: (network) => inHost("Ratchet, Azure Functions, lean", folderOf(network), { RATCHET_INFERENCE_HTTP: "lean" }),
  },
];
