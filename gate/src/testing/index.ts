export { testScorePolicy } from "./policy.ts";
export { classifier, wrongIn } from "./scores.ts";
