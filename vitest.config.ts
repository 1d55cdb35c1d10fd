import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/closing-line.ts";
import { WholeSystemFirst } from "./test/whole-system-first.ts";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: WholeSystemFirst },
    reporters: ["default", new ClosingLine()],
  },
});
