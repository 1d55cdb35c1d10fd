import type { Wish } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import { mostWaiting } from "./limits.ts";

/** More is asked of an app than can wait. */
export class TooManyWaitingError extends PermanentError {
  override readonly name = "TooManyWaitingError";

  constructor(app: string) {
    super(
      `${mostWaiting} commands wait already for the deployment of ${app} to end; \`ratchet status\` shows what it is at; replay this message when it has ended`,
    );
  }
}

const sameWish = (one: Wish, other: Wish): boolean =>
  one.kind === other.kind && one.model === other.model && one.version === other.version && one.code === other.code;

/**
 * What waits, with one wish more. The same wish waits once. New code does not wait at all: when a deployment has ended, whoever is
 * champion then gets the code of then. Where too many wait, the challenger that has waited longest gives way: those that were
 * judged after it know more.
 * @returns the very same list where nothing is added.
 * @throws {TooManyWaitingError} when no more can wait.
 */
export function wait(waiting: readonly Wish[], wish: Wish, app: string): readonly Wish[] {
  if (wish.kind === "code" || waiting.some((one) => one.id === wish.id || sameWish(one, wish))) return waiting;
  if (waiting.length < mostWaiting) return [...waiting, wish];
  const oldest = waiting.find(({ kind }) => kind === "promote");
  if (!oldest) throw new TooManyWaitingError(app);
  return [...waiting.filter((one) => one !== oldest), wish];
}
