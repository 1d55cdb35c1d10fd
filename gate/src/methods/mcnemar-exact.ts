import { accuracyLowerBound, accuracyP, type Discordance } from "../statistics/mcnemar.ts";
import type { Method } from "./method.ts";

/** Rows that only the one, and only the other model had right. */
export interface ByDiscordance {
  readonly method: "mcnemar-exact";
  readonly discordance: Discordance;
}

/** Exact for as few rows as there are. */
export const mcnemarExact: Method<ByDiscordance> = {
  name: "mcnemar-exact",
  assumes: "Rows are independent of each other.",
  failsUnder: [],
  tooFew: () => undefined,
  test: ({ discordance }) => ({
    lowerBound: (alpha) => (discordance.rows === 0 ? null : accuracyLowerBound(discordance, alpha)),
    probability: (effect) => accuracyP(discordance, effect),
  }),
  deviation: ({ discordance: { gained, lost, rows } }) => {
    const share = (gained + lost) / rows;
    const variance = share - ((gained - lost) / rows) ** 2;
    return { variance, kurtosis: variance === 0 ? 3 : 1 / Math.max(share, 1 / rows) };
  },
};
