import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { zipSync } from "fflate";

/** How a stand-in for the inference app behaves. */
export type Behaviour =
  | "right"
  /** Says that it has failed. */
  | "never-ready"
  | "wrong-predictions"
  /** Predicts rightly in staging and wrongly in production. */
  | "wrong-in-production";

/** An inference bundle that answers as the protocol has it, without ONNX Runtime's 45 MB. */
export async function standInBundle(behaviour: Behaviour, note = ""): Promise<Uint8Array> {
  const built = await build({
    entryPoints: [fileURLToPath(import.meta.resolve("./stand-in-app.ts"))],
    define: { BEHAVIOUR: JSON.stringify(behaviour) },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    external: ["@azure/functions-core"],
    logLevel: "error",
  });
  const text = (content: unknown) => Buffer.from(JSON.stringify(content));
  const entry = (bytes: Uint8Array): [Uint8Array, { mtime: Date }] => [bytes, { mtime: new Date(1980, 0, 1) }];
  return zipSync({
    "dist/functions.cjs": entry(built.outputFiles[0]?.contents ?? new Uint8Array()),
    "host.json": entry(text({ version: "2.0", extensions: { http: { routePrefix: "" } } })),
    "package.json": entry(text({ main: "dist/functions.cjs", note })),
  });
}
