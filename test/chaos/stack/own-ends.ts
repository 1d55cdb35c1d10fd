import type { Broken } from "../seen/broken.ts";
import type { Life } from "./ratchet-up.ts";

type OwnEnd = Pick<Life, "startedAt" | "readyAt" | "endedAt" | "endsSince" | "how" | "lastLines">;

/**
 * Ends of `ratchet up` by itself that no fault can have brought about. One that was still starting when the last fault came may
 * end because of that: where a connection breaks on the way, that is the reason with which the start ends.
 */
export const unexcusedEnds = (lives: readonly OwnEnd[], calmSince: number): readonly Broken[] =>
  lives.flatMap(({ startedAt, readyAt, endedAt, endsSince, how, lastLines }) => {
    if (endedAt === undefined || endedAt <= calmSince || endsSince !== undefined) return [];
    const wasStarting = startedAt <= calmSince && (readyAt === undefined || readyAt > calmSince);
    return wasStarting
      ? []
      : [{ sentence: `ratchet up ended by itself ${how}: ${lastLines.slice(-3).join(" | ")}`, at: endedAt }];
  });
