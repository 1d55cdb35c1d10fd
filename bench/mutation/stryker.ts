import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Area } from "./areas.ts";
import type { Checkout } from "./checkout.ts";
import { type LineRange, linesOf } from "./lines.ts";
import type { AreaResult, Survivor } from "./results.ts";

/** The parts that are read of Stryker's report (mutation testing elements, schema 2). */
interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly status: string;
          readonly mutatorName: string;
          readonly replacement?: string;
          readonly location: { readonly start: Place; readonly end: Place };
        }[];
      }
    >
  >;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Texts are for people: what a changed one says is asserted where it matters, and thousands of mutants would hide the others. */
const leftOut = ["StringLiteral"];

/** What is run for each mutant, as a configuration of Vitest; what the whole project's says of time holds here too. */
const vitestConfig = (area: Area) => `import { defineConfig } from "vitest/config";
export default defineConfig({
  test: {
    include: ${JSON.stringify(area.tests.map((glob) => `${area.folder}/${glob}`))},
    exclude: ["**/node_modules/**", "**/dist/**"],
    isolate: ${area.servers},
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
`;

const oneLine = (text: string) => text.replace(/\s+/g, " ").slice(0, 160);

function between(source: string, start: Place, end: Place): string {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
    .join("\n");
}

/** What a report says. @throws {SyntaxError} when it is not whole. */
export function read(
  text: string,
  area: Area,
  { commit, share, seconds }: Pick<AreaResult, "commit" | "share" | "seconds">,
): AreaResult {
  const { files } = JSON.parse(text) as Report;
  const all = Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file, source })),
  );
  const count = (status: string) => all.filter((mutant) => mutant.status === status).length;
  const survivors = all
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    .map(({ file, source, status, mutatorName, replacement = "", location: { start, end } }): Survivor => {
      const [original, other] = [oneLine(between(source, start, end)), oneLine(replacement)];
      return {
        file,
        line: start.line,
        mutator: mutatorName,
        original,
        replacement: other,
        covered: status !== "NoCoverage",
      };
    });
  const counts = { killed: count("Killed"), timedOut: count("Timeout"), survived: count("Survived") };
  return { name: area.name, commit, share, ...counts, uncovered: count("NoCoverage"), seconds, survivors };
}

const packageOf = createRequire(import.meta.url);
const strykerFile = packageOf.resolve("@stryker-mutator/core/package.json");

export const strykerVersion = async (): Promise<string> =>
  (JSON.parse(await readFile(strykerFile, "utf8")) as { readonly version: string }).version;

/**
 * Mutates an area of a checkout and has its tests run for each mutant.
 * @throws {Error} when Stryker does not come to an end: its own words have said why.
 */
export async function mutate(
  { folder, commit }: Checkout,
  area: Area,
  { share, seed, workers }: { readonly share: number; readonly seed: number; readonly workers: number },
): Promise<AreaResult> {
  const begun = performance.now();
  const globs = area.files.map((file) =>
    file.startsWith("!") ? `!${area.folder}/${file.slice(1)}` : `${area.folder}/${file}`,
  );
  const lines = ({ file, first, last }: LineRange) => `${file}:${first}-${last}`;
  const chosen = share < 1 ? (await linesOf(folder, globs, share, seed)).map(lines) : globs;
  const [config, tests, report] = ["stryker.json", "vitest.mutation.ts", "mutation.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFile(tests, vitestConfig(area));
  await writeFile(
    config,
    JSON.stringify({
      plugins: [import.meta.resolve("@stryker-mutator/vitest-runner")],
      testRunner: "vitest",
      vitest: { configFile: tests, related: false },
      mutate: chosen,
      mutator: { excludedMutations: leftOut },
      inPlace: true,
      coverageAnalysis: "perTest",
      // What is run when a module is loaded is not run again where modules are kept between mutants, as decisions' are.
      ignoreStatic: true,
      concurrency: workers,
      reporters: ["json", "progress-append-only"],
      jsonReporter: { fileName: report },
      allowEmpty: true,
    }),
  );
  const stryker = spawn(process.execPath, [join(dirname(strykerFile), "bin/stryker.js"), "run", config], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = (await once(stryker, "exit")) as [number | null];
  if (code !== 0) throw new Error(`Stryker ended with ${code} on ${area.name}`);
  const seconds = (performance.now() - begun) / 1000;
  return read(await readFile(report, "utf8"), area, { commit, share, seconds });
}
