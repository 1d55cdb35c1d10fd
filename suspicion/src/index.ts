export { type Profile, type SuspicionPolicy, usualSuspicionPolicy as usualPolicy } from "@ratchet/contracts";
export { compare } from "./compare/compare.ts";
export { fateOf } from "./compare/fate.ts";
export { drawEvidence } from "./picture/draw-evidence.ts";
export { mergeProfiles } from "./profile/merge-profiles.ts";
export { emptyProfile } from "./profile/profile.ts";
export { profileRows } from "./profile/profile-rows.ts";
