/**
 * What is to be done about a wish: decided before anything is built or published, from what is known then. Not one decider with the
 * champion pointer's (`champion.ts`) or the deployment's (`deployment/deployment.ts`): its answer is work, not an event, and between
 * the decisions lies the world outside, which may refuse the release.
 */
import type { ChampionPointer, Release, Verdict, Wish } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";

/** A deployment that must not be done; the message says what to do instead. */
export class RefusedDeploymentError extends PermanentError {
  override readonly name = "RefusedDeploymentError";
}

/** There is no earlier release to put back. */
export class NothingToRollBackError extends PermanentError {
  override readonly name = "NothingToRollBackError";
}

/** The release that was to be taken out of production is no longer in it. */
export class StaleRollbackError extends PermanentError {
  override readonly name = "StaleRollbackError";
}

/** A verdict on a model that was scored, and so one that says what the model should predict. */
export type ScoredVerdict = Verdict & Required<Pick<Verdict, "signature" | "golden">>;

const isScored = (verdict: Verdict): verdict is ScoredVerdict =>
  verdict.signature !== undefined && verdict.golden !== undefined;

/** What a wish to deploy comes to. */
export type DeploymentPlan =
  | { readonly kind: "deploy"; readonly verdict: ScoredVerdict }
  /** The model is frozen: the challenger is remembered. */
  | { readonly kind: "hold-back"; readonly why: string }
  /** The champion is another than the one that the verdict compared with: the challenger is to be judged against it. */
  | { readonly kind: "judge-again"; readonly verdict: Verdict; readonly why: string }
  /** There is nothing to do, and nothing to say. */
  | { readonly kind: "nothing"; readonly why: string };

/** A judged version that is wanted in production. */
export type ReleaseWish = Wish & { readonly version: string; readonly kind: "promote" | "force" };

/** What a wish to deploy is decided by. */
export interface DeploymentFacts {
  readonly wish: ReleaseWish;
  readonly pointer: ChampionPointer | undefined;
  readonly verdict: Verdict | undefined;
  /** Digest of the inference bundle to deploy. */
  readonly code: string;
}

/** Why a verdict may not lead to this deployment; undefined where it may. */
function objectionOf({ wish, pointer }: DeploymentFacts, verdict: Verdict): string | undefined {
  const { model, version, kind, reason } = wish;
  if (kind === "force")
    return reason ? undefined : `a forced promotion of ${model} ${version} needs a reason, which is recorded`;
  if (verdict.decision !== "promote")
    return `the verdict on ${model} ${version} is ${verdict.decision}: ${verdict.reasons[0]}; force the promotion, with a reason, if it is wanted all the same`;
  if (pointer?.withdrawn.some((release) => release.version === version))
    return `${model} ${version} was taken out of production by a rollback, and a verdict alone does not bring it back; force the promotion, with a reason`;
  return undefined;
}

/** Why a verdict no longer answers the question; undefined where it does. A release that has served had its answer. */
function staleness({ wish, pointer }: DeploymentFacts, verdict: Verdict): string | undefined {
  const { model, version, kind } = wish;
  const champion = pointer?.champion.version ?? null;
  if (kind === "force" || verdict.champion === champion) return undefined;
  return `${model} ${version} was judged against ${verdict.champion ?? "no champion"}, and the champion is ${champion ?? "none"}`;
}

/** Whether a verdict is on another model than the one that serves under the same version. */
function isAnother({ onnx }: Release, verdict: Verdict | undefined): boolean {
  return verdict !== undefined && onnx.sha256 !== undefined && verdict.onnx.sha256 !== onnx.sha256;
}

/**
 * What is to be done about a wish to deploy a judged version.
 * @throws {RefusedDeploymentError} when it must not be deployed; it says why, and what to do.
 */
export function planDeployment(facts: DeploymentFacts): DeploymentPlan {
  const { wish, pointer, verdict, code } = facts;
  const { id, model, version, kind } = wish;
  const champion = pointer?.champion;
  if (champion?.cause === id) return { kind: "nothing", why: `${model} ${version} was deployed for this very command` };
  if (champion?.version === version) {
    if (isAnother(champion, verdict))
      throw new RefusedDeploymentError(
        `the verdict on ${model} ${version} is of another model than the version ${version} in production: two models were registered under one number; register this one again, so that it gets a number of its own`,
      );
    if (champion.code === code || kind === "promote")
      return { kind: "nothing", why: `${model} ${version} is in production` };
  }
  if (!verdict)
    throw new RefusedDeploymentError(
      `${model} ${version} was never judged, so nothing says what it should predict; evaluate it`,
    );
  if (!isScored(verdict))
    throw new RefusedDeploymentError(
      `${model} ${version} could not be scored, so nothing says what it should predict, and it is not deployed even by force: ${verdict.reasons[0]}; mend the model and register it as another version`,
    );
  const objection = objectionOf(facts, verdict);
  if (objection !== undefined) throw new RefusedDeploymentError(objection);
  if (pointer?.frozen && kind === "promote")
    return { kind: "hold-back", why: `${model} is frozen since ${pointer.frozen.since}: ${pointer.frozen.reason}` };
  const stale = staleness(facts, verdict);
  if (stale === undefined) return { kind: "deploy", verdict };
  if (pointer?.previous?.version === version)
    return { kind: "nothing", why: `${stale}; it has served already, and another has taken its place` };
  return { kind: "judge-again", verdict, why: stale };
}

/** What a wish for the champion with other code comes to. */
export type CodePlan =
  | { readonly kind: "deploy"; readonly champion: Release; readonly code: string }
  | { readonly kind: "nothing"; readonly why: string };

/** What new code is decided by. */
export interface CodeFacts {
  readonly wish: Wish;
  readonly pointer: ChampionPointer | undefined;
  /** The code that new releases are made with; undefined where none was announced yet. */
  readonly current: string | undefined;
}

/** What is to be done about a wish to deploy the champion, as it is, with other code. */
export function planCode({ wish, pointer, current }: CodeFacts): CodePlan {
  const { model, version, code = current } = wish;
  if (!pointer || pointer.champion.version !== version)
    return { kind: "nothing", why: `${model} ${version ?? ""} is not the champion any more` };
  if (code === undefined || code !== (current ?? code))
    return { kind: "nothing", why: "newer inference code is released already" };
  if (pointer.champion.code === code) return { kind: "nothing", why: `${model} ${version} has this code already` };
  return { kind: "deploy", champion: pointer.champion, code };
}

/** What a wish to roll back comes to. */
export type RollbackPlan =
  | { readonly kind: "roll-back"; readonly from: Release; readonly to: Release }
  | { readonly kind: "nothing"; readonly why: string };

/**
 * What is to be done about a wish to roll back.
 * @throws {NothingToRollBackError} when no release before the champion is there.
 * @throws {StaleRollbackError} when another release serves than the wish names.
 */
export function planRollback({ id, model, version }: Wish, pointer: ChampionPointer | undefined): RollbackPlan {
  if (!pointer) throw new NothingToRollBackError(`nothing of ${model} was ever in production`);
  const { champion, previous } = pointer;
  if (champion.cause === id) return { kind: "nothing", why: `${model} was rolled back for this very command` };
  if (version !== undefined && version !== champion.version)
    throw new StaleRollbackError(
      `${model} ${version} was to be taken out of production, but ${champion.version} is there now; look again, then ask for that one`,
    );
  if (!previous)
    throw new NothingToRollBackError(
      `${model} ${champion.version} has no release before it to put back; deploy another version instead`,
    );
  return { kind: "roll-back", from: champion, to: previous };
}
