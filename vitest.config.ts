import { defineConfig } from "vitest/config";
import { alone } from "./test/alone.ts";
import { ClosingLine } from "./test/closing-line.ts";
import { WholeSystemFirst } from "./test/whole-system-first.ts";

const never = ["**/node_modules/**", "**/dist/**"];

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What a test reads of a command must not hang on where the tests run: colours are on for a terminal, and in many a CI.
    env: { NO_COLOR: "1" },
    sequence: { sequencer: WholeSystemFirst },
    reporters: ["default", new ClosingLine()],
    projects: [
      { extends: true, test: { name: "alone", include: [...alone], exclude: never, isolate: true } },
      { extends: true, test: { name: "together", include: ["**/*.test.ts"], exclude: [...never, ...alone] } },
    ],
  },
});
