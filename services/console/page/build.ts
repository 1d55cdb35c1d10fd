/** Bundles the console's page to `dist/page`: one file of each kind, and a chart library that comes when it is needed. */
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const folder = import.meta.dirname;

/** @param out where the files go: one folder without others in it. */
export async function buildPage(out: string = join(folder, "../dist/page")): Promise<string> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await build({
    entryPoints: [join(folder, "src/main.tsx")],
    absWorkingDir: folder,
    outdir: out,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    legalComments: "none",
    logLevel: "warning",
  });
  await cp(join(folder, "static"), out, { recursive: true });
  return out;
}

if (import.meta.main) console.log(await buildPage());
