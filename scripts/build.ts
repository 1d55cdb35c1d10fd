/** Bundles every service, the console's page, and the inference release that deployments start from: `pnpm build`. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundleService } from "../pipelines/src/bundle-service.ts";
import { buildPage } from "../services/console/page/build.ts";

const services = join(import.meta.dirname, "..", "services");

/** Builds all there is to build; says what it has built. */
export async function buildAll(onProgress: (text: string) => void): Promise<void> {
  const names = (await readdir(services)).filter((name) => existsSync(join(services, name, "src", "functions.ts")));
  await Promise.all(
    names.map(async (name) => {
      await bundleService(join(services, name));
      onProgress(`bundled services/${name}`);
    }),
  );
  await buildPage();
  onProgress("built the console's page");
  await promisify(execFile)(process.execPath, ["src/build-release.ts"], { cwd: join(services, "inference") });
  onProgress("built the inference release");
}

if (import.meta.main) await buildAll((text) => console.error(text));
