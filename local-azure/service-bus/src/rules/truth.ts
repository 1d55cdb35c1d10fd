/** True, false, or unknown: what a condition is where a property it needs is missing or null. */
export type Truth = true | false | undefined;

export const and = (left: Truth, right: Truth): Truth => {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
};

export const or = (left: Truth, right: Truth): Truth => {
  if (left === true || right === true) return true;
  return left === undefined || right === undefined ? undefined : false;
};

export const not = (operand: Truth): Truth => (operand === undefined ? undefined : !operand);
