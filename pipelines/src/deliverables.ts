import { services } from "@ratchet/contracts";
import { madeOf } from "./made-of.ts";

/** What is delivered on its own, and the programs that make it: all that these import is part of it. */
export const deliverables: Readonly<Record<string, readonly string[]>> = {
  infrastructure: ["cdktf/src/bin/synth.ts"],
  inference: ["services/inference/src/functions.ts", "services/inference/src/build-release.ts"],
  ...Object.fromEntries(
    services.map((service) => [
      service,
      [`services/${service}/src/functions.ts`, "pipelines/src/assemble-service.ts", "pipelines/src/functions-of.ts"],
    ]),
  ),
};

/** Files that are part of a deliverable without being imported. */
const beside: Readonly<Record<string, RegExp>> = {
  infrastructure: /^cdktf\/(config|package\.json)/,
  ...Object.fromEntries(
    [...services, "inference"].map((name) => [name, new RegExp(`^services/${name}/(host|package)\\.json$`)]),
  ),
};

/** The lock file decides on versions of all that is bundled. */
const everywhere = ["pnpm-lock.yaml"];

/** The deliverables that a change of these files makes anew. Paths are relative to the repository. */
export function changedDeliverables(files: readonly string[]): readonly string[] {
  const changed = new Set(files);
  return Object.entries(deliverables)
    .filter(
      ([name, programs]) =>
        everywhere.some((file) => changed.has(file)) ||
        files.some((file) => beside[name]?.test(file)) ||
        programs.flatMap(madeOf).some((file) => changed.has(file)),
    )
    .map(([name]) => name);
}
