import { InvalidEntityError } from "../errors.ts";

const longestName = 50;
const namePattern = /^[A-Za-z0-9$](?:[\w.~-]*[A-Za-z0-9_])?$/u;

/** @throws {InvalidEntityError} when the name is not one that the service takes. */
export const requireRuleName = (name: string): void => {
  if (namePattern.test(name) && name.length <= longestName) return;
  throw new InvalidEntityError(
    `The rule's name '${name}' is not valid: up to ${longestName} letters, digits, '.', '-', '_', beginning with a letter or digit.`,
  );
};
