import { type Challenge, digest, paths, type Seen } from "@ratchet/contracts";
import { readChampion } from "@ratchet/state";
import { admittedBatches, type Stores, tagOf } from "../stores.ts";

/** What a judgement depends on, as it is now. It is looked at before the judgement is made, so that no change goes unseen. */
export async function lookAround(stores: Stores, { model, onnx }: Pick<Challenge, "model" | "onnx">): Promise<Seen> {
  const pointer = await readChampion(stores, model);
  const batches = await admittedBatches(stores, model);
  return {
    definition: (await stores.blobs("definitions").find(paths.currentDefinition(model)))?.etag ?? null,
    champion: pointer?.champion.version ?? null,
    championFile: pointer ? await tagOf(stores, pointer.champion.onnx) : null,
    batches: digest(batches.map(({ batch }) => batch)),
    file: await tagOf(stores, onnx),
  };
}
