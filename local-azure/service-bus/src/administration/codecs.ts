import type { EntityAvailabilityStatus, EntityStatus } from "../entities.ts";
import { InvalidEntityError } from "../errors.ts";

/** How a value is written as the text of an element. */
export interface Codec<Value> {
  /** @throws {InvalidEntityError} when the text is no such value; it names the element. */
  readonly read: (text: string, name: string) => Value;
  readonly write: (value: Value) => string;
}

export const text: Codec<string> = { read: (value) => value, write: (value) => value };

export const integer: Codec<number> = {
  read: (value, name) => {
    if (!/^\s*-?\d+\s*$/u.test(value))
      throw new InvalidEntityError(`${name} needs a whole number, but was given '${value}'.`);
    return Number(value);
  },
  write: String,
};

export const boolean: Codec<boolean> = {
  read: (value, name) => {
    const normal = value.trim().toLowerCase();
    if (normal !== "true" && normal !== "false") {
      throw new InvalidEntityError(`${name} needs true or false, but was given '${value}'.`);
    }
    return normal === "true";
  },
  write: String,
};

export const status: Codec<EntityStatus> = oneOf([
  "Active",
  "Creating",
  "Deleting",
  "Disabled",
  "ReceiveDisabled",
  "Renaming",
  "Restoring",
  "SendDisabled",
  "Unknown",
]);

export const availability: Codec<EntityAvailabilityStatus> = oneOf([
  "Available",
  "Limited",
  "Renaming",
  "Restoring",
  "Unknown",
]);

/** An entity to forward to: clients write an address (`sb://host/orders`), a description keeps the name (`orders`). */
export const destination = (host: string): Codec<string> => ({
  read: (value) => value.replace(/^[a-z]+:\/\/[^/]*\//iu, ""),
  write: (value) => `sb://${host}/${value}`,
});

function oneOf<Value extends string>(values: readonly Value[]): Codec<Value> {
  return {
    read: (given, name) => {
      const value = values.find((candidate) => candidate.toLowerCase() === given.trim().toLowerCase());
      if (value === undefined) {
        throw new InvalidEntityError(`${name} needs one of ${values.join(", ")}, but was given '${given}'.`);
      }
      return value;
    },
    write: (value) => value,
  };
}
