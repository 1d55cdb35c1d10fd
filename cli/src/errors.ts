/** Exit codes that scripts can use. */
export const exitCodes = {
  done: 0,
  /** The work was tried and failed. */
  failed: 1,
  /** What was typed or given cannot be used. */
  wrongInput: 2,
  /** Nothing to talk to, or it does not answer. */
  unreachable: 3,
} as const;

/** Exit codes of what two models were judged as. */
export const judgedAs = { promote: 0, hold: 10, reject: 11 } as const;

/** What the user typed or gave cannot be used; the message says what to do about it. */
export class WrongInputError extends Error {
  override readonly name = "WrongInputError";
  readonly exitCode = exitCodes.wrongInput;
}

/** There is no deployment to talk to. */
export class NoDeploymentError extends Error {
  override readonly name = "NoDeploymentError";
  readonly exitCode = exitCodes.unreachable;
}

/** What other rooms throw where what was given cannot be used. */
const ofWrongInput = new Set([
  "DefinitionError",
  "EditError",
  "NoQueueError",
  "UnknownOperationError",
  "WrongRequestError",
]);

const networkCodes = new Set(["ECONNREFUSED", "ENOTFOUND", "REQUEST_SEND_ERROR", "ServiceCommunicationProblem"]);

/** The exit code and the words for any error. */
export function explain(error: unknown): { readonly exitCode: number; readonly message: string } {
  if (!(error instanceof Error)) return { exitCode: exitCodes.failed, message: String(error) };
  if ("exitCode" in error && typeof error.exitCode === "number")
    return { exitCode: error.exitCode, message: error.message };
  if (ofWrongInput.has(error.name)) return { exitCode: exitCodes.wrongInput, message: error.message };
  if ("code" in error && networkCodes.has(String(error.code)))
    return {
      exitCode: exitCodes.unreachable,
      message: `${error.message}\nIs the deployment running? \`ratchet up\` starts one on this machine.`,
    };
  return { exitCode: exitCodes.failed, message: error.message };
}
