/**
 * Bundles a function app to `dist/functions.cjs`, the file its `package.json.main` names; and each `src/<name>-process.ts`, which it
 * starts as a process of its own, to `dist/<name>-process.cjs`.
 * Usage: node pipelines/src/bundle-service.ts <folder of the service>
 */
import { readdir } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";

/** Supplied by the Functions worker, or native and so not to be bundled. */
const external = ["@azure/functions-core", "onnxruntime-node"];

/** The sources that are processes of their own, which the functions start: `src/<name>-process.ts`. */
async function processesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(join(folder, "src"))).filter((name) => name.endsWith("-process.ts"));
}

async function bundle(folder: string, source: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(folder, "src", source)],
    // The bundle names its sources relative to this folder: the same bytes wherever it is built from.
    absWorkingDir: resolve(folder),
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    sourcemap: "linked",
    sourcesContent: false,
    external,
    // A CommonJS bundle has no import.meta.url; some SDKs ask for it.
    define: { "import.meta.url": "__importMetaUrl" },
    banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "warning",
    legalComments: "none",
  });
}

/** Bundles the service in `folder`, and beside it the processes that it starts. */
export async function bundleService(
  folder: string,
  outfile: string = join(folder, "dist", "functions.cjs"),
): Promise<string> {
  await bundle(folder, "functions.ts", outfile);
  for (const source of await processesOf(folder))
    await bundle(folder, source, join(dirname(outfile), source.replace(/\.ts$/, ".cjs")));
  return outfile;
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (!folder) {
    console.error("usage: node pipelines/src/bundle-service.ts <folder of the service>");
    process.exit(64);
  }
  console.log(relative(process.cwd(), await bundleService(resolve(folder))));
}
