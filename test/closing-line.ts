import type { Reporter, TestModule } from "vitest/node";

/** Closes the run with one plain line, `812 passed, 0 failed, 3 skipped`, for whatever reads the log. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      let ran = false;
      for (const test of module.children.allTests()) {
        ran = true;
        const { state } = test.result();
        if (state !== "pending") count[state] += 1;
      }
      // A file that cannot even be loaded has no tests to count, and is a failure all the same.
      if (!ran && module.state() === "failed") count.failed += 1;
    }
    const failed = count.failed + errors.length;
    console.log(`${count.passed} passed, ${failed} failed, ${count.skipped} skipped`);
  }
}
