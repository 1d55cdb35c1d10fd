import {
  type ChampionPointer,
  championPointer,
  currentCode,
  type DeploymentRecord,
  deploymentRecord,
  paths,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { type Stores as MessagingStores, type OpenContainer, PermanentError } from "@ratchet/messaging";
import { ConflictError, type OpenIndex, openIndex } from "@ratchet/state";
import { type ChampionCommand, championDecider } from "./champion.ts";
import { type CodeRelease, codeDecider } from "./code/current-code.ts";
import { type DeploymentCommand, deploymentDecider } from "./deployment/deployment.ts";
import { sha256Of } from "./digest.ts";
import type { Package } from "./package/package.ts";

/** What the deployer reads and writes: it owns `champions` and `packages`, the rest it only reads. */
export type Stores = MessagingStores<"deployer">;

/** A file that is needed is not there, or is not what its name or its verdict says. */
export class MissingFileError extends PermanentError {
  override readonly name = "MissingFileError";
}

/** A verdict with its evidence; undefined where the version was never judged. */
export async function readVerdict(stores: Stores, model: string, version: string): Promise<Verdict | undefined> {
  return (await stores.documents("verdicts").read(paths.verdict(model, version), verdict))?.value;
}

/**
 * Moves a model's champion pointer.
 * @throws {PointerMovedError} when it is not the one by which the command was decided.
 */
export async function moveChampion(stores: Stores, command: ChampionCommand): Promise<ChampionPointer> {
  const path = paths.champion(command.model);
  const { after } = await stores.documents("champions").move(path, championPointer, championDecider, command);
  // Whatever is not refused leaves a champion.
  return after as ChampionPointer;
}

/** The deployment of an app, under way or the last; undefined where there was none. */
export async function readDeployment(stores: Stores, app: string): Promise<DeploymentRecord | undefined> {
  return (await stores.documents("champions").read(paths.deployment(app), deploymentRecord))?.value;
}

/**
 * Moves the record of an app's deployment.
 * @returns the record; undefined where the command changes nothing: somebody else was first.
 * @throws {RecordMovedError} when it is not the one by which the command was decided.
 */
export async function moveDeployment(
  stores: Stores,
  app: string,
  command: DeploymentCommand,
): Promise<DeploymentRecord | undefined> {
  const path = paths.deployment(app);
  const documents = stores.documents("champions");
  const { events, after } = await documents.move(path, deploymentRecord, deploymentDecider, command);
  return events.length > 0 ? after : undefined;
}

/** The apps whose deployments may be under way. */
export const openDeployments = (stores: Stores): OpenIndex => openIndex(stores.blobs("champions"), "deployments");

/** Notes that an app's deployment is about to open: written before each record that opens one. */
export const markOpen = (stores: Stores, app: string): Promise<void> => openDeployments(stores).mark(app);

/** Every champion pointer. */
export async function* readChampions(stores: Stores): AsyncIterable<ChampionPointer> {
  const champions = stores.documents("champions");
  for await (const path of champions.list("")) {
    if (path === paths.currentCode || path.includes("/")) continue;
    const pointer = await champions.read(path, championPointer);
    if (pointer) yield pointer.value;
  }
}

/** The digest of the inference code that new releases are made with; undefined where none was announced yet. */
export async function readCurrentCode(stores: Stores): Promise<string | undefined> {
  return (await stores.documents("champions").read(paths.currentCode, currentCode))?.value.code;
}

/** Makes a bundle the current code where it is newer; gives the code that is current then. */
export async function moveCurrentCode(stores: Stores, release: CodeRelease): Promise<string | undefined> {
  const { after } = await stores.documents("champions").move(paths.currentCode, currentCode, codeDecider, release);
  return after?.code;
}

/** A file of a release, by the digest that its name or the verdict says it has. */
export interface ExactFile {
  /** A verdict names its model's container: one that is not granted is refused when it is opened. */
  readonly container: string;
  readonly path: string;
  readonly sha256: string;
}

/**
 * A file whose digest is known.
 * @throws {MissingFileError} when it is not there, or is another.
 * @throws {UngrantedError} when the deployer may not open its container.
 */
export async function readExact(stores: Stores, { container, path, sha256 }: ExactFile): Promise<Buffer> {
  const stored = await stores.blobs(container as OpenContainer<"deployer">).read(path);
  if (!stored) throw new MissingFileError(`${container}/${path} is not there`);
  const found = sha256Of(stored.content);
  if (found !== sha256) throw new MissingFileError(`${container}/${path} has the digest ${found} instead of ${sha256}`);
  return stored.content;
}

/**
 * Keeps a package under its digest, once, and notes whose it is. One that is there already is made as new, so that no sweep that is
 * under way takes it away.
 */
export async function keepPackage(
  stores: Stores,
  { manifest: { model }, sha256, bytes }: Pick<Package, "manifest" | "sha256" | "bytes">,
): Promise<void> {
  const packages = stores.blobs("packages");
  const path = paths.package(sha256);
  await packages.write(paths.packageOfModel(model, sha256), "", { expected: "any", contentType: "text/plain" });
  if (await packages.touch(path)) return;
  try {
    await packages.write(path, bytes, { expected: "absent", contentType: "application/zip" });
  } catch (error) {
    // Somebody else has kept the same meanwhile.
    if (!(error instanceof ConflictError)) throw error;
  }
}
