export type { Configuration } from "./configuration/configuration.ts";
export { roleAssignmentsOf, type SynthesisedAssignment } from "./synth/role-assignments.ts";
export { synthesised } from "./synth/synthesised.ts";
