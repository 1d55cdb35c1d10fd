/**
 * Builds the inference release: the function app with everything but a model, as a zip that has the same bytes for the
 * same sources. Its digest names it in the container `releases`: `inference/<sha256>.zip`.
 * Usage: node src/build-release.ts [--platform linux] [--arch x64] [--path dist/release.zip]
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleService } from "@ratchet/pipelines/bundle-service";
import { type Zippable, zipSync } from "fflate";

/** Where the release is to run. */
export interface ReleasePlatform {
  /** As `process.platform` says it. */
  readonly platform: string;
  /** As `process.arch` says it. */
  readonly arch: string;
}

export interface InferenceRelease {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** ONNX Runtime ships no binary for the platform. */
export class UnsupportedPlatformError extends Error {
  override readonly name = "UnsupportedPlatformError";
}

const service = fileURLToPath(new URL("..", import.meta.url));
/** Zip keeps local time: a local date, so that the bytes do not depend on the time zone. */
const mtime = new Date(1980, 0, 1);

type Files = Map<string, Uint8Array>;

/** Adds the files of a folder whose path inside it is wanted. */
async function addFolder(files: Files, from: string, to: string, wanted: (path: string) => boolean): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    const path = relative(from, full).split(sep).join("/");
    if (wanted(path)) files.set(`${to}/${path}`, await readFile(full));
  }
}

/** ONNX Runtime as it is needed to run: no types, no sources, the binaries of one platform. */
async function addOnnxRuntime(files: Files, { platform, arch }: ReleasePlatform): Promise<void> {
  const fromService = createRequire(import.meta.url);
  const runtime = dirname(dirname(fromService.resolve("onnxruntime-node")));
  const common = join(dirname(createRequire(join(runtime, "package.json")).resolve("onnxruntime-common")), "..", "..");
  const binaries = `bin/napi-v6/${platform}/${arch}/`;
  // Nested package.json files too: they say which module system a folder is of.
  const code = (path: string) => path.endsWith(".js") || path.endsWith("package.json");
  await addFolder(
    files,
    runtime,
    "node_modules/onnxruntime-node",
    (path) => path.startsWith(binaries) || (code(path) && !path.startsWith("script/")),
  );
  if (![...files.keys()].some((path) => path.includes(binaries)))
    throw new UnsupportedPlatformError(
      `onnxruntime-node has no binary for ${platform}/${arch}; it has ${(await readdir(join(runtime, "bin/napi-v6"))).join(", ")}`,
    );
  await addFolder(
    files,
    common,
    "node_modules/onnxruntime-common",
    (path) => code(path) && (path.startsWith("dist/cjs/") || path === "package.json"),
  );
}

/**
 * Bundles the inference app and zips it.
 * @param target where it is to run; this machine's platform where nothing is said.
 * @throws {UnsupportedPlatformError} when ONNX Runtime has no binary for it.
 */
export async function buildInferenceRelease(
  target: ReleasePlatform & { readonly path?: string } = process,
): Promise<InferenceRelease> {
  // Not into `dist`: that may be running.
  const scratch = await mkdtemp(join(tmpdir(), "ratchet-bundle-"));
  await using _ = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
  const bundle = await bundleService(service, join(scratch, "functions.cjs"));
  const { name, version } = JSON.parse(await readFile(join(service, "package.json"), "utf8")) as Record<string, string>;
  const files: Files = new Map([
    ["dist/functions.cjs", await readFile(bundle)],
    ["host.json", await readFile(join(service, "host.json"))],
    // Without dependencies: they are in the package, nothing is to be installed where it is published.
    ["package.json", Buffer.from(`${JSON.stringify({ name, version, main: "dist/functions.cjs" }, null, 2)}\n`)],
  ]);
  await addFolder(files, join(service, "page"), "page", () => true);
  await addOnnxRuntime(files, target);
  const entries: Zippable = {};
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) entries[path] = [bytes, { mtime }];
  const zip = zipSync(entries);
  const path = "path" in target && target.path ? target.path : join(service, "dist", "release.zip");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, zip);
  return { path, sha256: createHash("sha256").update(zip).digest("hex"), bytes: zip.byteLength };
}

if (import.meta.main) {
  const { platform, arch } = process;
  const { values } = parseArgs({
    options: {
      platform: { type: "string", default: platform },
      arch: { type: "string", default: arch },
      path: { type: "string", default: join(service, "dist", "release.zip") },
    },
  });
  console.log((await buildInferenceRelease(values)).sha256);
}
