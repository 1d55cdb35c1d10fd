import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expandPipeline, PipelineError } from "./expand.ts";

describe("a pipeline that Azure DevOps would refuse is refused:", () => {
  test.each([
    ["a template that is not there", "stages:\n  - template: none.yml\n", /none.yml: there is no such template/],
    [
      "a parameter that is not known",
      `stages:\n  - stage: \${{ parameters.x }}\n`,
      /\$\{\{ parameters.x \}\} is not known/,
    ],
    ["a parameter that is not given", "parameters:\n  - name: x\nstages: []\n", /needs the parameter x/],
  ])("%s", (_, text, reason) => {
    const scratch = mkdtempSync(join(tmpdir(), "ratchet-pipeline-"));
    try {
      const file = join(scratch, "pipeline.yml");
      writeFileSync(file, text);
      expect(() => expandPipeline(file)).toThrow(PipelineError);
      expect(() => expandPipeline(file)).toThrow(reason);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
