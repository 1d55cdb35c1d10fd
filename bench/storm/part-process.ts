/**
 * Parts of the bench, one after the other on one stack of their own. Usage: part-process.ts <JSON: options by part>
 * Results are sent to the parent as they come.
 */
import { drops } from "./parts/drops.ts";
import { history } from "./parts/history.ts";
import { ledger } from "./parts/ledger.ts";
import { manyFiles } from "./parts/many-files.ts";
import { manyModels } from "./parts/many-models.ts";
import type { PartOptions, PartResult } from "./parts/part.ts";
import { startStack } from "./stack/stack.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as PartOptions;
const progress = (text: string): void => console.error(`  ${text}`);
const tell = (result: PartResult): void => void process.send?.(result);

{
  await using stack = await startStack();
  if (options.history) await history(stack, options.history, progress, (result) => tell({ history: result }));
  if (options.drops) await drops(stack, options.drops, progress, (result) => tell({ drops: result }));
  if (options.files) tell({ files: await manyFiles(stack, options.files, progress) });
  if (options.models) tell({ models: await manyModels(stack, options.models, progress) });
  if (options.ledger) await ledger(stack, options.ledger, progress, (result) => tell({ ledger: result }));
}
process.disconnect?.();
