import { paths } from "@ratchet/contracts";
import { type Invocation, type Sweep, sweepOncePerPeriod } from "@ratchet/messaging";
import { type BlobInfo, readChampion, readDefinition } from "@ratchet/state";
import type { Deployer } from "../deployer.ts";
import { readChampions, readDeployment, type Stores } from "../stores.ts";

/** How often it is seen to what need not be kept any longer, in milliseconds. */
const retentionEvery = 86_400_000;

/** The packages of what serves a model, of what it can be taken back to, and of what is deployed or was last. */
async function neededPackages(stores: Stores, model: string, app: string): Promise<ReadonlySet<string>> {
  const pointer = await readChampion(stores, model);
  const record = await readDeployment(stores, app);
  const releases = [pointer?.champion, pointer?.previous, record?.release, record?.former];
  return new Set(releases.flatMap((release) => release?.package ?? []));
}

/** Removes a package that nobody has made as new since, and then the note whose it is. */
async function removePackage(stores: Stores, sha256: string, note: BlobInfo, before: Date): Promise<boolean> {
  const packages = stores.blobs("packages");
  const found = await packages.find(paths.package(sha256));
  if (found && found.lastModified >= before) return false;
  if (found) await packages.remove(found.path, found.etag);
  await packages.remove(note.path, note.etag);
  return true;
}

/**
 * Removes the packages of a model that were made before the time which its definition says, unless they serve or may have to again.
 * Packages from before it was noted whose they are stay.
 */
async function sweepModel({ stores }: Deployer, model: string, { now, log }: Sweep): Promise<void> {
  const { retention, deploy } = (await readDefinition(stores, model)).definition;
  if (retention.packages === undefined) return;
  const before = new Date(now.getTime() - retention.packages);
  const folder = paths.packagesOfModel(model);
  const notes = await Array.fromAsync(stores.blobs("packages").list(folder));
  const old = notes.filter(({ lastModified }) => lastModified < before);
  if (old.length === 0) return;
  const needed = await neededPackages(stores, model, deploy.app);
  let removed = 0;
  for (const note of old) {
    const sha256 = note.path.slice(folder.length);
    if (!needed.has(sha256) && (await removePackage(stores, sha256, note, before))) removed += 1;
  }
  if (removed > 0) log.info("removed packages of releases, as retention.packages says", { model, packages: removed });
}

/**
 * Removes what the definitions of models do not ask to be kept any longer, once a day whatever the number of instances.
 * @throws {SweepError} when a model could not be seen to, after all were.
 */
export function sweepRetention(deployer: Deployer, invocation: Pick<Invocation, "now" | "log">): Promise<void> {
  const { stores, outbox } = deployer;
  const sweeping = { name: "retention", every: retentionEvery, documents: stores.documents("champions"), outbox };
  return sweepOncePerPeriod(
    sweeping,
    invocation,
    () => readChampions(stores),
    ({ model }, sweep) => sweepModel(deployer, model, sweep),
  );
}
