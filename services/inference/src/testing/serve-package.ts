import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ReleaseManifest } from "@ratchet/contracts";
import { createApp } from "../app.ts";
import { createNodeServer } from "../hosts/node-server.ts";
import type { Limits } from "../limits.ts";
import type { Serving } from "../serving.ts";
import { classifier, classifierManifest } from "./packages.ts";

interface PackageOptions {
  /** Undefined leaves it out; a text is written as it is. */
  readonly manifest?: ReleaseManifest | string | undefined;
  readonly onnx?: Uint8Array;
  readonly limits?: Partial<Limits>;
  readonly heldFor?: number;
}

export interface ServedPackage extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly settled: Promise<Serving>;
  /** Asks, and reads the answer as JSON where it is. */
  ask(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: unknown; bytes: Buffer }>;
  /** Asks the model for predictions. */
  infer(body: unknown, headers?: Readonly<Record<string, string>>): ReturnType<ServedPackage["ask"]>;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return bytes.toString();
  }
}

/** Writes a package, and says how an app is made of it. */
export async function writePackage({ onnx = classifier, limits = {}, heldFor, ...options }: PackageOptions) {
  const manifest = "manifest" in options ? options.manifest : classifierManifest;
  const folder = await mkdtemp(join(tmpdir(), "ratchet-model-"));
  if (manifest !== undefined)
    await writeFile(join(folder, "release.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  await writeFile(join(folder, "model.onnx"), onnx);
  return {
    model: typeof manifest === "object" ? manifest.model : "digits",
    app: {
      folder: pathToFileURL(`${folder}/`),
      pageFolder: new URL("../../page/", import.meta.url),
      threadFile: new URL("../functions.ts", import.meta.url),
      version: "0.1.0",
      cores: 2,
      limits,
      ...(heldFor === undefined ? {} : { heldFor }),
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** Serves a package, by itself that of the small classifier, from a server of its own on this machine. */
export async function servePackage(options: PackageOptions = {}): Promise<ServedPackage> {
  const written = await writePackage(options);
  const app = createApp(written.app);
  const server = createNodeServer(app);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const ask: ServedPackage["ask"] = async (path, init) => {
    const response = await fetch(`${url}/${path}`, init);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: parsed(bytes), bytes };
  };
  return {
    url,
    port,
    settled: app.settled,
    ask,
    infer: (body, headers = {}) =>
      ask(`v2/models/${written.model}/infer`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body:
          body instanceof Uint8Array ? new Uint8Array(body) : typeof body === "string" ? body : JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await app.close();
      await written[Symbol.asyncDispose]();
    },
  };
}
