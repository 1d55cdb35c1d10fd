/**
 * What is to be done about a command: decided before anything is built or published, from what is known then. Not one
 * decider with the champion pointer's (`champion.ts`): its answer is work, not an event, and between the two decisions
 * lies the world outside, which may refuse the release.
 */
import type { ChampionPointer, DeployModel, Release, RollBackModel, Verdict } from "@ratchet/contracts";
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

/** What a command to deploy comes to. */
export type DeploymentPlan =
  | { readonly kind: "deploy"; readonly verdict: ScoredVerdict }
  /** It was done for this very command: say so once more. */
  | { readonly kind: "say-again"; readonly pointer: ChampionPointer }
  /** The champion is another than the one that the verdict compared with: the challenger is to be judged against it. */
  | { readonly kind: "judge-again"; readonly verdict: Verdict; readonly why: string }
  /** There is nothing to do, and nothing to say. */
  | { readonly kind: "nothing"; readonly why: string };

/** What a command to deploy is decided by. */
export interface DeploymentFacts {
  /** Id of the command. */
  readonly id: string;
  readonly command: DeployModel["data"];
  readonly pointer: ChampionPointer | undefined;
  readonly verdict: Verdict | undefined;
  /** Digest of the inference bundle to deploy. */
  readonly code: string;
}

/** Why a verdict may not lead to this deployment; undefined where it may. */
function objectionOf({ command, pointer }: DeploymentFacts, verdict: Verdict): string | undefined {
  const { model, version, cause } = command;
  if (cause === "forced")
    return command.reason ? undefined : `a forced promotion of ${model} ${version} needs a reason, which is recorded`;
  if (cause === "code") return undefined;
  if (verdict.decision !== "promote")
    return `the verdict on ${model} ${version} is ${verdict.decision}: ${verdict.reasons[0]}; force the promotion, with a reason, if it is wanted all the same`;
  if (pointer?.withdrawn.some((release) => release.version === version))
    return `${model} ${version} was taken out of production by a rollback, and a verdict alone does not bring it back; force the promotion, with a reason`;
  return undefined;
}

/** Why a verdict no longer answers the question; undefined where it does. A release that has served had its answer. */
function staleness({ command, pointer }: DeploymentFacts, verdict: Verdict): string | undefined {
  const { model, version, cause } = command;
  const champion = pointer?.champion.version ?? null;
  if (cause !== "verdict" || verdict.champion === champion) return undefined;
  return `${model} ${version} was judged against ${verdict.champion ?? "no champion"}, and the champion is ${champion ?? "none"}`;
}

/**
 * What is to be done about a command to deploy.
 * @throws {RefusedDeploymentError} when it must not be deployed; it says why, and what to do.
 */
export function planDeployment(facts: DeploymentFacts): DeploymentPlan {
  const { id, command, pointer, verdict, code } = facts;
  const { model, version, cause } = command;
  const champion = pointer?.champion;
  if (pointer && champion?.cause === id) return { kind: "say-again", pointer };
  if (champion?.version === version && (champion.code === code || cause === "verdict"))
    return { kind: "nothing", why: `${model} ${version} is in production` };
  if (cause === "code" && champion?.version !== version)
    return { kind: "nothing", why: `${model} ${version} is not the champion any more` };
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
  const stale = staleness(facts, verdict);
  if (stale === undefined) return { kind: "deploy", verdict };
  if (pointer?.previous?.version === version)
    return { kind: "nothing", why: `${stale}; it has served already, and another has taken its place` };
  return { kind: "judge-again", verdict, why: stale };
}

/** What a command to roll back comes to. */
export interface RollbackPlan {
  /** `say-again`: it was done for this very command. */
  readonly kind: "roll-back" | "say-again";
  /** The release to take out of production. */
  readonly from: Release;
  /** The one to put back. */
  readonly to: Release;
  readonly pointer: ChampionPointer;
}

/**
 * What is to be done about a command to roll back.
 * @throws {NothingToRollBackError} when no release before the champion is there.
 * @throws {StaleRollbackError} when another release serves than the command names.
 */
export function planRollback(
  id: string,
  { model, from }: RollBackModel["data"],
  pointer: ChampionPointer | undefined,
): RollbackPlan {
  if (!pointer) throw new NothingToRollBackError(`nothing of ${model} was ever in production`);
  const { champion, previous, withdrawn } = pointer;
  const [newest] = withdrawn;
  if (champion.cause === id && newest) return { kind: "say-again", from: newest, to: champion, pointer };
  if (from !== undefined && from !== champion.version)
    throw new StaleRollbackError(
      `${model} ${from} was to be taken out of production, but ${champion.version} is there now; look again, then ask for that one`,
    );
  if (!previous)
    throw new NothingToRollBackError(
      `${model} ${champion.version} has no release before it to put back; deploy another version instead`,
    );
  return { kind: "roll-back", from: champion, to: previous, pointer };
}
