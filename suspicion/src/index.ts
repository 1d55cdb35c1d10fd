export type { Answers, ChampionScore, Losses } from "./compare/champion-score.ts";
export { type Compared, compare } from "./compare/compare.ts";
export { type Evidence, evidenceSchema, type Finding, fateOf } from "./compare/evidence.ts";
export { type SuspicionPolicy, suspicionPolicySchema, usualPolicy } from "./compare/policy.ts";
export { drawEvidence } from "./picture/draw-evidence.ts";
export { mergeAll, mergeProfiles } from "./profile/merge-profiles.ts";
export { emptyProfile, type Profile, profileSchema } from "./profile/profile.ts";
export { type Profiling, profileRows } from "./profile/profile-rows.ts";
