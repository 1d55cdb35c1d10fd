/**
 * Everything that a fresh clone needs beyond its packages: a Python with PyTorch, and the services' bundles.
 * Quick where all is there; one clear sentence and exit code 1 where it cannot go on. `pnpm set-up`.
 */
import { findOrInstallPython } from "@local-azure/machine-learning";
import { buildAll } from "./build.ts";

const begun = performance.now();
const say = (text: string) => console.error(`set-up  ${text}`);

try {
  const python = await findOrInstallPython({ variable: "RATCHET_PYTHON", onProgress: say });
  say(`Python ${python.python} at ${python.path} with PyTorch ${python.torch}`);
  await buildAll(say);
  say(`done in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(`set-up  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
