import { ArmError } from "@local-azure/resource-manager";

export type Fields = Readonly<Record<string, unknown>>;

/** The 400 that Azure ML answers for what is wrong in a request. */
export function userError(message: string): ArmError {
  return new ArmError(400, "UserError", message);
}

/**
 * Names become parts of paths, here and in storage.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmachinelearningservices
 * @throws {ArmError} when a name or version is not one that Azure ML takes: 400.
 */
export function checkName(what: string, name: string): void {
  if (/^[a-z0-9][a-z0-9._-]{0,254}$/i.test(name)) return;
  throw userError(
    `'${name}' cannot be the name of ${what}: use up to 255 letters, digits, '-', '_' and '.', a letter or digit first.`,
  );
}

/**
 * `properties` of a resource in a request's body.
 * @throws {ArmError} when the body or its `properties` is no object: 400.
 */
export function propertiesOf(body: unknown): Fields {
  return object(object(body, "the request body")["properties"], "properties");
}

/** @throws {ArmError} when it is no object: 400 that names it. */
export function object(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw userError(`'${name}' must be an object.`);
}

/** @throws {ArmError} when there is no text, or an empty one: 400 that names the field. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string" && value.trim() !== "") return value;
  throw userError(`'properties.${name}' is required and must be a text.`);
}

/** @throws {ArmError} when something else is there than a text: 400 that names the field. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return value === undefined || value === null ? undefined : text(fields, name);
}

/**
 * A map of texts; entries that are null are left out, as the SDK's types allow them.
 * @throws {ArmError} when it is no map, or a value is no text: 400 that names it.
 */
export function texts(fields: Fields, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objects(fields, name)).map(([key, value]) => {
      if (typeof value !== "string") throw userError(`'properties.${name}.${key}' must be a text.`);
      return [key, value];
    }),
  );
}

/**
 * A map whose null entries are left out; empty where the field is missing.
 * @throws {ArmError} when it is no map: 400 that names the field.
 */
export function objects(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (value === undefined || value === null) return {};
  return Object.fromEntries(Object.entries(object(value, `properties.${name}`)).filter(([, entry]) => entry !== null));
}
