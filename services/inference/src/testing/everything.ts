import { packageOf } from "./packages.ts";

/** A package of a model that takes every datatype, and gives it back. */
export const everything = () =>
  packageOf("everything", { input: "fp32", output: "same_fp32", rows: [[1, 2]], expected: [[1, 2]] });
