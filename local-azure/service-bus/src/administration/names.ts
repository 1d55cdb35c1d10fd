import { InvalidEntityError } from "../errors.ts";

const SEGMENT = /^[\p{L}\p{Nd}._$-]+$/u;
const EDGE = /^[\p{L}\p{Nd}_$].*[\p{L}\p{Nd}_]$|^[\p{L}\p{Nd}_]$/u;

/** The name of a queue or a topic: segments parted by slashes, 260 characters at most. @throws InvalidEntityError */
export const requireEntityName = (name: string): void => {
  requireLength(name, 260);
  if (/^\$|\/(?:subscriptions|rules|\$[^/]*)(?:\/|$)/iu.test(name)) throw invalid(name, "no reserved segment");
  for (const segment of name.split("/")) requireSegment(name, segment);
};

/** The name of a subscription or a rule: one segment, 50 characters at most. @throws InvalidEntityError */
export const requireChildName = (name: string): void => {
  requireLength(name, 50);
  requireSegment(name, name);
};

const requireLength = (name: string, most: number): void => {
  if (name.length === 0 || name.length > most) throw invalid(name, `1 to ${most} characters`);
};

const requireSegment = (name: string, segment: string): void => {
  if (!SEGMENT.test(segment)) {
    throw invalid(name, "letters, numbers, periods (.), hyphens (-) and underscores (_) only");
  }
  if (!EDGE.test(segment)) throw invalid(name, "a letter or number first and last");
};

const invalid = (name: string, rule: string): InvalidEntityError =>
  new InvalidEntityError(`The name '${name}' is not allowed: it takes ${rule}.`);
