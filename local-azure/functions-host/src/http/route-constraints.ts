/** One route constraint: whether a segment's text satisfies it. */
export type Constraint = (value: string) => boolean;

const guidPattern = /^\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i;
const decimalPattern = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

const whole = (value: string): boolean => /^[+-]?\d+$/.test(value);

/** The inline constraints of ASP.NET routes that functions may use, by name. */
const constraints: Readonly<Record<string, (...args: string[]) => Constraint>> = {
  int: () => (value) => whole(value) && Math.abs(Number(value)) <= 0x7fffffff,
  long: () => whole,
  bool: () => (value) => /^(true|false)$/i.test(value),
  guid: () => (value) => guidPattern.test(value),
  decimal: () => (value) => decimalPattern.test(value),
  double: () => (value) => decimalPattern.test(value),
  float: () => (value) => decimalPattern.test(value),
  datetime: () => (value) => !Number.isNaN(Date.parse(value)),
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  required: () => (value) => value !== "",
  minlength: (least) => (value) => value.length >= Number(least),
  maxlength: (most) => (value) => value.length <= Number(most),
  length:
    (least, most = least) =>
    (value) =>
      value.length >= Number(least) && value.length <= Number(most),
  min: (least) => (value) => whole(value) && Number(value) >= Number(least),
  max: (most) => (value) => whole(value) && Number(value) <= Number(most),
  range: (least, most) => (value) => whole(value) && Number(value) >= Number(least) && Number(value) <= Number(most),
};

/**
 * Reads one constraint as a route writes it, such as `int` or `length(2,4)`.
 * @throws {Error} when there is no constraint of that name.
 */
export function parseConstraint(text: string): Constraint {
  const match = /^(\w+)(?:\((.*)\))?$/s.exec(text.trim());
  const name = match?.[1]?.toLowerCase() ?? "";
  const argument = match?.[2];
  if (name === "regex") {
    const pattern = new RegExp(argument ?? "", "i");
    return (value) => pattern.test(value);
  }
  const create = constraints[name];
  if (!create) {
    throw new Error(
      `the route constraint "${text}" is not known; use one of regex, ${Object.keys(constraints).join(", ")}`,
    );
  }
  return create(...(argument === undefined ? [] : argument.split(",").map((part) => part.trim())));
}
