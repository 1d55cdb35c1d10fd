import { join } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const isWholeSystem = ({ moduleId }: TestSpecification) => moduleId.startsWith(join(import.meta.dirname, "/"));

/**
 * Begins with the tests of the whole system. They take the longest, and one of them alone at the end is a core that
 * waits. Vitest finds that out by itself, but only from a machine's second run on.
 */
export class WholeSystemFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isWholeSystem), ...sorted.filter((file) => !isWholeSystem(file))];
  }
}
