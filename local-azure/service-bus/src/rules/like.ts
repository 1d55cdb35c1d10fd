import { RuleEvaluationError } from "./errors.ts";

type PatternPart = "any-run" | "any-one" | { readonly character: string };

/**
 * SQL's LIKE over whole texts, with regard to case: `%` stands for any run of characters, `_` for any one, and the
 * character after `escapeCharacter` for itself. Runs in time proportional to text × pattern whatever the pattern.
 * @throws {RuleEvaluationError} when the escape is not one character or escapes nothing.
 */
export const like = (text: string, pattern: string, escapeCharacter?: string): boolean => {
  const characters = [...text];
  const parts = partsOf(pattern, escapeCharacter);
  let position = 0;
  let part = 0;
  let lastRun = -1;
  let retryFrom = 0;
  while (position < characters.length) {
    if (parts[part] === "any-run") {
      lastRun = part;
      retryFrom = position;
      part += 1;
    } else if (matchesOne(parts[part], characters[position])) {
      position += 1;
      part += 1;
    } else if (lastRun >= 0) {
      retryFrom += 1;
      position = retryFrom;
      part = lastRun + 1;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === "any-run");
};

const matchesOne = (part: PatternPart | undefined, character: string | undefined): boolean =>
  part === "any-one" || (typeof part === "object" && part.character === character);

const partsOf = (pattern: string, escapeCharacter: string | undefined): readonly PatternPart[] => {
  if (escapeCharacter !== undefined && [...escapeCharacter].length !== 1) {
    throw new RuleEvaluationError(`ESCAPE needs one character, but was given '${escapeCharacter}'.`);
  }
  const parts: PatternPart[] = [];
  const characters = [...pattern][Symbol.iterator]();
  for (const character of characters) {
    if (character === escapeCharacter) {
      const next = characters.next();
      if (next.done) throw new RuleEvaluationError(`The LIKE pattern '${pattern}' ends with its escape character.`);
      parts.push({ character: next.value });
    } else if (character === "%") parts.push("any-run");
    else if (character === "_") parts.push("any-one");
    else parts.push({ character });
  }
  return parts;
};
