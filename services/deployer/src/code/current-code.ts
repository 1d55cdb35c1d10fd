import type { currentCode } from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";

type CurrentCode = ReturnType<typeof currentCode.parse>;

/** A bundle of inference code was released. */
export interface CodeRelease {
  /** Digest of the bundle. */
  readonly code: string;
  /** ISO 8601. */
  readonly releasedAt: string;
}

/** Newer code was released: new releases are made with it. */
export interface CodeMoved extends CodeRelease {
  readonly kind: "moved";
}

/** Events come in any order: a bundle that is no newer than the current one changes nothing. */
function decide(current: CurrentCode | undefined, { code, releasedAt }: CodeRelease): readonly CodeMoved[] {
  const newer = !current || new Date(releasedAt) > new Date(current.releasedAt);
  return newer ? [{ kind: "moved", code, releasedAt }] : [];
}

const evolve = (_: CurrentCode | undefined, { code, releasedAt }: CodeMoved): CurrentCode => ({
  code,
  releasedAt,
});

/** The inference code that new releases are made with; to begin with, none was released. */
export const codeDecider: Decider<CurrentCode | undefined, CodeRelease, CodeMoved> = {
  initial: undefined,
  decide,
  evolve,
};
