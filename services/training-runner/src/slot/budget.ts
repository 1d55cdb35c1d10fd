import type { Definition, TrainingSlot } from "@ratchet/contracts";

/** The hours of training that a model may have within any period, in milliseconds, of one length; undefined for no bound. */
export type Budget = Definition["training"]["budget"];

/** What the slot remembers of hours: those that runs have taken, and those that operators have allowed on top. */
type Usage = Pick<TrainingSlot, "spent" | "allowed">;

const sum = (hours: readonly { readonly hours: number }[]): number => hours.reduce((all, one) => all + one.hours, 0);

/** What counts at an instant: what runs have taken, and how much they may take. A period begins with what it allows. */
function hoursAt({ spent = [], allowed = [] }: Usage, { hours, period }: NonNullable<Budget>, at: number) {
  const counts = (instant: string) => at - Date.parse(instant) < period;
  return {
    spent: sum(spent.filter(({ endedAt }) => counts(endedAt))),
    limit: hours + sum(allowed.filter((allowance) => counts(allowance.at))),
  };
}

/** When training may begin by the budget: now, or once enough of what was taken lies a period back. */
export function affordableAt(usage: Usage, budget: Budget, now: Date): Date {
  if (!budget) return now;
  const comesFree = (usage.spent ?? []).map(({ endedAt }) => Date.parse(endedAt) + budget.period);
  const instants = [now.getTime(), ...comesFree].filter((at) => at >= now.getTime()).sort((a, b) => a - b);
  const first = instants.find((at) => {
    const { spent, limit } = hoursAt(usage, budget, at);
    return spent < limit;
  });
  return first === undefined ? now : new Date(first);
}

const inWords = (hours: number): string => String(Math.round(hours * 100) / 100);

/** Why training waits for its budget. */
export function whyHeld(usage: Usage, budget: NonNullable<Budget>, now: Date): string {
  const { spent, limit } = hoursAt(usage, budget, now.getTime());
  const days = inWords(budget.period / 86_400_000);
  return `training.budget is used up: runs took ${inWords(spent)} of ${inWords(limit)} hours within ${days} days`;
}

/** How many runs' hours are kept one by one. */
const kept = 1000;

/**
 * What runs have taken after one more. The oldest two are added up, as if both had ended with the later, where there are
 * too many: they count rather too long than not.
 */
export function spend(
  spent: TrainingSlot["spent"] = [],
  { startedAt, endedAt }: { readonly startedAt?: string | undefined; readonly endedAt: string },
): TrainingSlot["spent"] {
  const hours = startedAt === undefined ? 0 : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)) / 3_600_000;
  const all = hours === 0 ? spent : [...spent, { endedAt, hours }];
  const [oldest, next, ...rest] = all;
  if (!oldest || !next || all.length <= kept) return all;
  return [{ endedAt: next.endedAt, hours: oldest.hours + next.hours }, ...rest];
}
