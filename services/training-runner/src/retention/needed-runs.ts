import { championPointer, deploymentRecord, judgement, paths, verdict } from "@ratchet/contracts";
import { openIndex, readDefinition } from "@ratchet/state";
import { readSlot, type Stores } from "../stores.ts";

/** Where a model's file is. */
interface OnnxFile {
  readonly container: string;
  readonly path: string;
}

/** The run that has left a file; undefined where it is none of a run's. */
const runOf = ({ container, path }: OnnxFile): string | undefined =>
  container === "runs" ? path.split("/")[0] : undefined;

/** The files of what serves, of what it can be taken back to, and of what is deployed or waits to be. */
async function deployed(stores: Stores, model: string): Promise<readonly (OnnxFile | undefined)[]> {
  const pointer = (await stores.documents("champions").read(paths.champion(model), championPointer))?.value;
  const { app } = (await readDefinition(stores, model)).definition.deploy;
  const record = (await stores.documents("champions").read(paths.deployment(app), deploymentRecord))?.value;
  const waiting = (record?.waiting ?? []).map(async ({ model: whose, version }) => {
    if (version === undefined) return undefined;
    return (await stores.documents("verdicts").read(paths.verdict(whose, version), verdict))?.value.onnx;
  });
  const releases = [pointer?.champion, pointer?.previous, record?.release, record?.former];
  return [...releases.map((release) => release?.onnx), ...(await Promise.all(waiting))];
}

/** The files of the challengers that are judged, or are held and may be judged again. */
async function judged(stores: Stores, model: string): Promise<readonly OnnxFile[]> {
  const files: OnnxFile[] = [];
  for await (const { key } of openIndex(stores.blobs("verdicts"), "judgements").marks(`${model}/`)) {
    const path = paths.judgement(model, key.slice(model.length + 1));
    const record = (await stores.documents("verdicts").read(path, judgement))?.value;
    if (record && record.state !== "said" && record.state !== "superseded") files.push(record.asked.challenge.onnx);
  }
  return files;
}

/** The runs of a model of which something still needs what they have left. */
export async function neededRuns(stores: Stores, model: string): Promise<ReadonlySet<string>> {
  const { running, last } = await readSlot(stores, model);
  const files = [...(await deployed(stores, model)), ...(await judged(stores, model))];
  const runs = [running?.runId, running?.warmStart?.runId, last?.runId, ...files.map((file) => file && runOf(file))];
  return new Set(runs.filter((run) => run !== undefined));
}
