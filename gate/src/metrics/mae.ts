import { meanError } from "./mean-error.ts";

/** The mean absolute error. */
export const mae = meanError((error) => Math.abs(error));
