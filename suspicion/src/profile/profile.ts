import type { Profile } from "@ratchet/contracts";

/** Of no rows: merged with any, it is that one. */
export const emptyProfile: Profile = { rows: 0, columns: [], bonds: {} };
