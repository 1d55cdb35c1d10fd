export type { Configuration } from "./configuration/configuration.ts";
export { platformSettings } from "./stack/inference-app.ts";
export { roleAssignmentsOf, type SynthesisedAssignment } from "./synth/role-assignments.ts";
export { signInsOf } from "./synth/sign-in.ts";
export { synthesised } from "./synth/synthesised.ts";
