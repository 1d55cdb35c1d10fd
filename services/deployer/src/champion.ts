import type { ChampionPointer, Release } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Decider } from "@ratchet/state";

/** An operator's decision about a model, for the record. */
interface Decision {
  /** Id of the command. */
  readonly cause: string;
  readonly reason: string;
  readonly by: string | undefined;
  readonly now: Date;
}

/** What is to be written down of a model's champion. */
export type ChampionCommand =
  /** A release serves. */
  | {
      readonly kind: "promote";
      readonly model: string;
      /** Its `cause` is the command's id. */
      readonly release: Release;
      readonly endpoint: string;
      /** The champion by which it was decided. */
      readonly over: Release | null;
    }
  /** The release before the champion serves again, because an operator asked for it. */
  | {
      readonly kind: "roll-back";
      readonly model: string;
      readonly from: Release;
      /** Its `cause` is the command's id. */
      readonly to: Release;
      readonly endpoint: string;
      readonly decision: Decision;
    }
  /** The champion serves again, and from where. */
  | { readonly kind: "serve-from"; readonly model: string; readonly champion: Release; readonly endpoint: string }
  /** A challenger was to be deployed, and the model is frozen. */
  | { readonly kind: "hold-back"; readonly model: string; readonly version: string; readonly now: Date }
  | { readonly kind: "freeze"; readonly model: string; readonly decision: Decision }
  | { readonly kind: "thaw"; readonly model: string; readonly decision: Decision; readonly judgedAgain: string | null }
  /** What model a kept package holds. */
  | { readonly kind: "know"; readonly model: string; readonly package: string; readonly onnx: string };

type Frozen = NonNullable<ChampionPointer["frozen"]>;
type Thawed = NonNullable<ChampionPointer["thawed"]>;

/** What happens to a model's champion. */
export type ChampionEvent =
  | { readonly kind: "promoted"; readonly model: string; readonly release: Release; readonly endpoint: string }
  | { readonly kind: "rolled-back"; readonly to: Release; readonly endpoint: string }
  | { readonly kind: "served-from"; readonly endpoint: string }
  | { readonly kind: "held-back"; readonly heldBack: NonNullable<Frozen["heldBack"]> }
  | { readonly kind: "frozen"; readonly frozen: Frozen }
  | { readonly kind: "thawed"; readonly thawed: Thawed }
  | { readonly kind: "known"; readonly package: string; readonly onnx: string };

/** The champion has changed since the deployment was decided. Deciding anew helps. */
export class PointerMovedError extends TransientError {
  override readonly name = "PointerMovedError";

  constructor(model: string) {
    super(`the champion of ${model} has changed in the meantime`);
  }
}

const frozenBy = ({ cause, reason, by, now }: Decision): Frozen => ({
  since: now.toISOString(),
  reason,
  ...(by === undefined ? {} : { by }),
  cause,
});

/**
 * Decides what becomes of the pointer. Whether a release may be deployed at all was decided before it was published
 * (`plan.ts`); by now it serves, and all that can be wrong is that somebody else was quicker. What was done for a command is not done
 * again.
 * @throws {PointerMovedError} when the pointer is not the one by which that was decided.
 */
function decide(pointer: ChampionPointer | undefined, command: ChampionCommand): readonly ChampionEvent[] {
  switch (command.kind) {
    case "promote": {
      const { model, release, endpoint, over } = command;
      if (pointer && pointer.champion.cause === release.cause) return [];
      if (pointer?.champion.cause !== over?.cause || pointer?.champion.package !== over?.package)
        throw new PointerMovedError(model);
      return [{ kind: "promoted", model, release, endpoint }];
    }
    case "roll-back": {
      const { model, from, to, endpoint, decision } = command;
      if (pointer?.champion.cause === to.cause) return [];
      if (pointer?.champion.package !== from.package || pointer.previous?.package !== to.package)
        throw new PointerMovedError(model);
      const freezes: readonly ChampionEvent[] = pointer.frozen ? [] : [{ kind: "frozen", frozen: frozenBy(decision) }];
      return [{ kind: "rolled-back", to, endpoint }, ...freezes];
    }
    case "serve-from": {
      const { model, champion, endpoint } = command;
      if (pointer?.champion.package !== champion.package) throw new PointerMovedError(model);
      return pointer.endpoint === endpoint ? [] : [{ kind: "served-from", endpoint }];
    }
    case "hold-back": {
      const { model, version, now } = command;
      if (!pointer?.frozen) throw new PointerMovedError(model);
      if (pointer.frozen.heldBack?.version === version) return [];
      return [{ kind: "held-back", heldBack: { version, since: now.toISOString() } }];
    }
    case "freeze":
      return !pointer || pointer.frozen ? [] : [{ kind: "frozen", frozen: frozenBy(command.decision) }];
    case "thaw": {
      if (!pointer?.frozen) return [];
      const { decision, judgedAgain } = command;
      // Held back since it was looked: that one is to be judged again, too.
      if ((pointer.frozen.heldBack?.version ?? null) !== judgedAgain) throw new PointerMovedError(command.model);
      const { since: at, ...rest } = frozenBy(decision);
      return [{ kind: "thawed", thawed: { at, ...rest, judgedAgain } }];
    }
    case "know": {
      const unknown = [pointer?.champion, pointer?.previous].some(
        (release) => release?.package === command.package && release.onnx.sha256 === undefined,
      );
      return unknown ? [{ kind: "known", package: command.package, onnx: command.onnx }] : [];
    }
  }
}

const knowing = (release: Release, { package: kept, onnx }: { readonly package: string; readonly onnx: string }) =>
  release.package === kept ? { ...release, onnx: { ...release.onnx, sha256: onnx } } : release;

/** The frozen state without a challenger that is champion now. */
function withoutHeld({ heldBack, ...frozen }: Frozen, version: string): Frozen {
  return heldBack && heldBack.version !== version ? { ...frozen, heldBack } : frozen;
}

/** The pointer after an event. Where nothing was ever in production, only a promotion changes anything. */
function evolve(pointer: ChampionPointer | undefined, event: ChampionEvent): ChampionPointer | undefined {
  if (event.kind === "promoted") {
    const { model, release, endpoint } = event;
    return {
      ...pointer,
      model,
      champion: release,
      previous: pointer?.champion ?? null,
      withdrawn: pointer?.withdrawn.filter(({ version }) => version !== release.version) ?? [],
      endpoint,
      ...(pointer?.frozen ? { frozen: withoutHeld(pointer.frozen, release.version) } : {}),
    };
  }
  if (!pointer) return undefined;
  switch (event.kind) {
    case "rolled-back": {
      const { to, endpoint } = event;
      const withdrawn = [pointer.champion, ...pointer.withdrawn];
      return { ...pointer, champion: to, previous: null, withdrawn, endpoint };
    }
    case "served-from":
      return { ...pointer, endpoint: event.endpoint };
    case "held-back":
      return pointer.frozen ? { ...pointer, frozen: { ...pointer.frozen, heldBack: event.heldBack } } : pointer;
    case "frozen":
      return { ...pointer, frozen: event.frozen };
    case "thawed": {
      const { frozen: _, ...rest } = pointer;
      return { ...rest, thawed: event.thawed };
    }
    case "known": {
      const { champion, previous } = pointer;
      return { ...pointer, champion: knowing(champion, event), previous: previous && knowing(previous, event) };
    }
  }
}

/** What serves a model, and what served it before; to begin with, nothing ever did. */
export const championDecider: Decider<ChampionPointer | undefined, ChampionCommand, ChampionEvent> = {
  initial: undefined,
  decide,
  evolve,
};
