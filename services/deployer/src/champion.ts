import type { ChampionPointer, Release } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Decider } from "@ratchet/state";

/** A release that serves is to be written down as champion. */
export type ChampionCommand =
  | {
      readonly kind: "promote";
      readonly model: string;
      readonly release: Release;
      readonly endpoint: string;
      /** The champion by which it was decided; undefined where there was none. */
      readonly over: Release | undefined;
    }
  | {
      readonly kind: "roll-back";
      readonly model: string;
      readonly from: Release;
      /** The release before it, which serves again. */
      readonly to: Release;
      /** Id of the command to roll back. */
      readonly cause: string;
    };

/** What happens to a model's champion. */
export type ChampionEvent =
  | { readonly kind: "promoted"; readonly model: string; readonly release: Release; readonly endpoint: string }
  | { readonly kind: "rolled-back"; readonly to: Release; readonly cause: string };

/** The champion has changed since the deployment was decided. Deciding anew helps. */
export class PointerMovedError extends TransientError {
  override readonly name = "PointerMovedError";

  constructor(model: string) {
    super(`the champion of ${model} has changed in the meantime`);
  }
}

/**
 * Decides what becomes of the pointer. Whether a release may be deployed at all was decided before it was published
 * (`plan.ts`); by now it serves, and all that can be wrong is that somebody else was quicker.
 * @throws {PointerMovedError} when the pointer is not the one by which that was decided.
 */
function decide(pointer: ChampionPointer | undefined, command: ChampionCommand): readonly ChampionEvent[] {
  switch (command.kind) {
    case "promote": {
      const { model, release, endpoint, over } = command;
      if (pointer?.champion.cause !== over?.cause || pointer?.champion.package !== over?.package)
        throw new PointerMovedError(model);
      return [{ kind: "promoted", model, release, endpoint }];
    }
    case "roll-back": {
      const { model, from, to, cause } = command;
      if (pointer?.champion.package !== from.package || pointer.previous?.package !== to.package)
        throw new PointerMovedError(model);
      return [{ kind: "rolled-back", to, cause }];
    }
  }
}

/** The pointer after an event. Where nothing was ever in production, a rollback changes nothing. */
function evolve(pointer: ChampionPointer | undefined, event: ChampionEvent): ChampionPointer | undefined {
  switch (event.kind) {
    case "promoted": {
      const { model, release, endpoint } = event;
      return {
        model,
        champion: release,
        previous: pointer?.champion ?? null,
        withdrawn: pointer?.withdrawn.filter(({ version }) => version !== release.version) ?? [],
        endpoint,
      };
    }
    case "rolled-back": {
      const { to, cause } = event;
      return (
        pointer && {
          ...pointer,
          champion: { ...to, cause },
          previous: null,
          withdrawn: [pointer.champion, ...pointer.withdrawn],
        }
      );
    }
  }
}

/** What serves a model, and what served it before; to begin with, nothing ever did. */
export const championDecider: Decider<ChampionPointer | undefined, ChampionCommand, ChampionEvent> = {
  initial: undefined,
  decide,
  evolve,
};
