import { type Column, paths } from "@ratchet/contracts";
import { csvLine, type Row } from "@ratchet/formats";
import { TransientError } from "@ratchet/messaging";
import { type Blobs, ConflictError } from "@ratchet/state";

/** The same batch is being written for another drop of the same content; whoever comes back finds it admitted. */
class ContendedBatchError extends TransientError {
  override readonly name = "ContendedBatchError";

  constructor(path: string) {
    super(`${path} was written for another drop of the same content at the same time; the message is tried again`);
  }
}

const contentType = "text/csv; charset=utf-8";

/**
 * Writes a batch's `train.csv` and `holdout.csv`, the columns in the order of the schema. Written twice they are the
 * same, and without the manifest nobody reads them.
 * @param onRow told the canonical texts of each row.
 * @throws {ContendedBatchError} when another drop of the same content is written at the same time.
 */
export async function writeBatch(
  batches: Pick<Blobs, "writer">,
  model: string,
  batch: string,
  columns: readonly Column[],
  rows: AsyncIterable<readonly Row[]>,
  onRow: (fields: readonly string[]) => void,
): Promise<void> {
  const files = {
    train: batches.writer(paths.batchTrain(model, batch), { contentType }),
    holdout: batches.writer(paths.batchHoldout(model, batch), { contentType }),
  };
  const header = csvLine(columns.map(({ name }) => name));
  try {
    await files.train.write(header);
    await files.holdout.write(header);
    for await (const some of rows) {
      const text = { train: "", holdout: "" };
      for (const { fields, side } of some) {
        text[side] += csvLine(fields);
        onRow(fields);
      }
      await files.train.write(text.train);
      await files.holdout.write(text.holdout);
    }
    await Promise.all([files.train.close(), files.holdout.close()]);
  } catch (error) {
    await Promise.all([files.train.abandon(), files.holdout.abandon()]);
    if (error instanceof ConflictError) throw new ContendedBatchError(`${model}/${batch}`);
    throw error;
  }
}
