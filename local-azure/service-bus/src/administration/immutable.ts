import { InvalidEntityError } from "../errors.ts";

/**
 * The settings of an update: what may not change after an entity was made keeps its value where the update does not
 * name it.
 * @throws {InvalidEntityError} when the update names another.
 */
export const withImmutable = <Settings extends object, Key extends keyof Settings & string>(
  entity: string,
  existing: Settings,
  update: Partial<Settings>,
  keys: readonly Key[],
): Partial<Settings> => {
  for (const key of keys) {
    if (update[key] !== undefined && update[key] !== existing[key]) {
      throw new InvalidEntityError(
        `The value for the '${key}' property of an existing entity ('${entity}') can't be changed. Delete it and create it anew.`,
      );
    }
  }
  return { ...update, ...Object.fromEntries(keys.map((key) => [key, existing[key]])) };
};
