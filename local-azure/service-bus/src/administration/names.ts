import { InvalidEntityError } from "../errors.ts";

const LONGEST = 50;
const PATTERN = /^[A-Za-z0-9$](?:[\w.~-]*[A-Za-z0-9_])?$/u;

/** @throws InvalidEntityError */
export const requireRuleName = (name: string): void => {
  if (PATTERN.test(name) && name.length <= LONGEST) return;
  throw new InvalidEntityError(
    `The rule's name '${name}' is not valid: up to ${LONGEST} letters, digits, '.', '-', '_', beginning with a letter or digit.`,
  );
};
