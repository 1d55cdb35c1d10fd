import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePorts } from "../../lib/free-port.ts";
import { end } from "../../lib/process.ts";
import { findPeers } from "../../lib/python-peers.ts";
import { until } from "../../lib/until.ts";
import { pin, serverCore } from "./pin.ts";
import { type Network, plainRequest, protocolRequest, type Server, type ServerKind } from "./server.ts";

const folder = join(import.meta.dirname, "../peers");

/** Debian's PyTorch, which its own Python has and virtual environments do not. */
const systemPackages = "/usr/lib/python3/dist-packages";

interface Peer {
  readonly name: string;
  /** The file of `peers/requirements` that it needs. */
  readonly needs: string;
  readonly by: "onnxruntime" | "torch" | "torch, traced";
  readonly command: (bin: string, port: number, metricsPort: number) => Promise<readonly string[]>;
  readonly ready: string;
  readonly request: Server["request"];
}

const uvicorn = async (bin: string, port: number) => [
  `${bin}/uvicorn`,
  "fastapi_app:app",
  "--port",
  String(port),
  "--loop",
  "uvloop",
  "--http",
  "httptools",
  "--no-access-log",
];

/** MLServer reads what it serves from a folder. */
async function mlserver(bin: string, port: number, metricsPort: number): Promise<readonly string[]> {
  const settings = await mkdtemp(join(tmpdir(), "ratchet-bench-mlserver-"));
  const [grpc] = await freePorts(1);
  await mkdir(join(settings, "digits"));
  const server = {
    http_port: port,
    grpc_port: grpc,
    metrics_port: metricsPort,
    host: "127.0.0.1",
    parallel_workers: 0,
    debug: false,
  };
  await writeFile(join(settings, "settings.json"), JSON.stringify(server));
  await writeFile(
    join(settings, "digits", "model-settings.json"),
    JSON.stringify({ name: "digits", implementation: "mlserver_runtime.BenchModel" }),
  );
  return [`${bin}/mlserver`, "start", settings];
}

const peers: readonly Peer[] = [
  ...(["torch", "torch, traced", "onnxruntime"] as const).map((by) => ({
    name: `FastAPI, ${by === "torch" ? "torch, eager" : by}`,
    needs: "fastapi",
    by,
    command: uvicorn,
    ready: "/ready",
    request: plainRequest,
  })),
  {
    name: "Flask and gunicorn, onnxruntime",
    needs: "flask",
    by: "onnxruntime",
    command: async (bin, port) => [`${bin}/gunicorn`, "--threads", "8", "--bind", `127.0.0.1:${port}`, "flask_app:app"],
    ready: "/ready",
    request: plainRequest,
  },
  {
    name: "MLServer, onnxruntime",
    needs: "mlserver",
    by: "onnxruntime",
    command: mlserver,
    ready: "/v2/health/ready",
    request: (format, rows) =>
      format === "json" ? protocolRequest("/v2/models/digits/infer")("json", rows) : undefined,
  },
  {
    name: "BentoML, onnxruntime",
    needs: "bentoml",
    by: "onnxruntime",
    command: async (bin, port) => [`${bin}/bentoml`, "serve", "bentoml_service:Bench", "--port", String(port)],
    ready: "/readyz",
    request: (format, rows) =>
      format === "json"
        ? {
            path: "/json",
            headers: { "Content-Type": "application/json" },
            body: Buffer.from(JSON.stringify({ rows })),
          }
        : undefined,
  },
];

/** Waits until it answers, on its core from the beginning. */
async function started(child: ChildProcess, peer: Peer, port: number, output: () => string): Promise<number> {
  const begun = performance.now();
  await until(60, async () => {
    if (child.exitCode !== null) throw new Error(`${peer.name} has ended: ${output()}`);
    const { ok } = await fetch(`http://127.0.0.1:${port}${peer.ready}`);
    if (!ok) throw new Error(`${peer.name} is not ready`);
  });
  return performance.now() - begun;
}

async function start(peer: Peer, python: string, models: string, network: Network): Promise<Server> {
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const command = await peer.command(dirname(python), port, metricsPort);
  let said = "";
  const child = spawn("taskset", ["--cpu-list", serverCore, ...command], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      BENCH_FOLDER: models,
      BENCH_NETWORK: network,
      BENCH_BY: peer.by,
      BENCH_SYSTEM: systemPackages,
      PYTHONPATH: folder,
      OMP_NUM_THREADS: "1",
    },
  });
  const keep = (text: Buffer): void => {
    said = (said + text.toString("utf8")).slice(-2_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const firstAnswer = await started(child, peer, port, () => said).catch(async (error: unknown) => {
    await end(child);
    throw error;
  });
  const { pid = -1 } = child;
  await pin(pid, serverCore);
  return { name: peer.name, port, pid, firstAnswer, request: peer.request, close: () => end(child) };
}

/** Other people's servers that can be had here, and why the others cannot. */
export async function peerServers(
  models: string,
  install: boolean,
): Promise<{ readonly kinds: readonly ServerKind[]; readonly missing: readonly string[] }> {
  const kinds: ServerKind[] = [];
  const missing = new Set<string>();
  for (const peer of peers) {
    const requirements = join(folder, "requirements", `${peer.needs}.txt`);
    const found = await findPeers({ requirements, what: peer.needs, install });
    if ("missing" in found) missing.add(found.missing);
    else kinds.push({ name: peer.name, start: (network) => start(peer, found.python, models, network) });
  }
  return { kinds, missing: [...missing] };
}
