/**
 * Bundles a function app to `dist/functions.cjs`, the file its `package.json.main` names.
 * Usage: node pipelines/src/bundle-service.ts <folder of the service>
 */
import { join, relative, resolve } from "node:path";
import { build } from "esbuild";

/** Supplied by the Functions worker, or native and so not to be bundled. */
const external = ["@azure/functions-core", "onnxruntime-node"];

/** Bundles the service in `folder`. */
export async function bundleService(
  folder: string,
  outfile: string = join(folder, "dist", "functions.cjs"),
): Promise<string> {
  await build({
    entryPoints: [join(folder, "src", "functions.ts")],
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
