import { type Challenge, evaluateModel } from "@ratchet/contracts";
import { type Invocation, type Sweep, sweepOncePerPeriod } from "@ratchet/messaging";
import type { Evaluator } from "./evaluator.ts";
import { challengeOf, IncompleteRegistrationError } from "./follow-registration.ts";
import type { RegisteredModel } from "./gateways/registry.ts";
import { readJudgement, readVerdict, type Stores } from "./stores.ts";

/** The registry is gone through this often, in milliseconds, … */
export const registrationsEvery = 3_600_000;
/** … for what was registered within this time … */
export const registeredWithin = 7 * 86_400_000;
/** … and longer ago than this: before, its event may still be on its way. */
export const registeredBefore = 15 * 60_000;

async function isAskedAbout(stores: Stores, { model, version }: Challenge): Promise<boolean> {
  if (await readJudgement(stores, model, version)) return true;
  return (await readVerdict(stores, model, version)) !== undefined;
}

async function lookAtRegistered(
  { stores }: Evaluator,
  { name, version, tags, registeredAt }: RegisteredModel,
  { now, log, outbox }: Sweep,
): Promise<void> {
  if (now.getTime() - registeredAt.getTime() < registeredBefore) return;
  try {
    const challenge = challengeOf({ modelName: name, modelVersion: version, modelTags: tags });
    if (!challenge || (await isAskedAbout(stores, challenge))) return;
    log.warn("a challenger was registered and nobody asked about it", { model: challenge.model, version });
    await outbox.send(evaluateModel, challenge);
  } catch (error) {
    // Its event has failed with the same words.
    if (!(error instanceof IncompleteRegistrationError)) throw error;
    log.warn(error.message);
  }
}

/**
 * Asks for the judgement of the models that others have registered as challengers, and of which the registry alone tells: the
 * event of a registration may be lost.
 * @throws {SweepError} when some could not be looked at; the others were.
 */
export const judgeRegistered = (evaluator: Evaluator, invocation: Invocation): Promise<void> =>
  sweepOncePerPeriod(
    {
      name: "registrations",
      every: registrationsEvery,
      documents: evaluator.stores.documents("verdicts"),
      outbox: evaluator.outbox,
    },
    invocation,
    () => evaluator.registry.registeredSince(new Date(invocation.now.getTime() - registeredWithin)),
    (registered, sweep) => lookAtRegistered(evaluator, registered, sweep),
  );
