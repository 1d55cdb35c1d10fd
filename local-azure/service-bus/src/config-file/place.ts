/** A value of the file, with the way to it, such as `UserConfig.Namespaces[0].Queues[2].Name`. */
export interface Place {
  readonly file: string;
  readonly path: string;
  readonly value: unknown;
}

/** A configuration file that cannot be used; says where and what should stand there. */
export class ConfigFileError extends Error {
  override readonly name = "ConfigFileError";
  readonly file: string;
  /** Where in the file; empty for the file as a whole. */
  readonly path: string;
  readonly expected: string;

  constructor(place: Pick<Place, "file" | "path">, expected: string, found: string) {
    super(`${place.file}${place.path && `: ${place.path}`}: expected ${expected}, found ${found}.`);
    this.file = place.file;
    this.path = place.path;
    this.expected = expected;
  }
}

export const unexpected = (place: Place, expected: string): ConfigFileError =>
  new ConfigFileError(
    place,
    expected,
    place.value === undefined ? "nothing" : (JSON.stringify(place.value) ?? "nothing"),
  );

/**
 * The members of an object, which may be no others than those named.
 * @throws {ConfigFileError} when there is no object, or one with other members.
 */
export const membersOf = <Name extends string>(place: Place, names: readonly Name[]): Readonly<Record<Name, Place>> => {
  const { file, path, value } = place;
  if (!isObject(value)) throw unexpected(place, "an object");
  for (const name of Object.keys(value)) {
    if (!names.some((known) => known === name)) {
      const expected = `one of ${names.join(", ")}`;
      throw new ConfigFileError({ file, path: inside(path, name) }, expected, `the unknown name "${name}"`);
    }
  }
  const places = names.map((name) => [name, { file, path: inside(path, name), value: value[name] }] as const);
  return Object.fromEntries(places) as Readonly<Record<Name, Place>>;
};

/**
 * All members of an object, whatever their names.
 * @throws {ConfigFileError} when there is no object.
 */
export const allMembersOf = (place: Place): readonly (readonly [string, Place])[] => {
  const { file, path, value } = place;
  if (!isObject(value)) throw unexpected(place, "an object");
  return Object.entries(value).map(
    ([name, member]) => [name, { file, path: inside(path, name), value: member }] as const,
  );
};

/**
 * The member `Name`, whatever else is there.
 * @throws {ConfigFileError} when there is no object.
 */
export const nameOf = (place: Place): Place => {
  const { file, path, value } = place;
  if (!isObject(value)) throw unexpected(place, "an object");
  return { file, path: inside(path, "Name"), value: value["Name"] };
};

/**
 * The items of a list; none where it is absent.
 * @throws {ConfigFileError} when there is something else than a list.
 */
export const itemsOf = (place: Place): readonly Place[] => {
  const { file, path, value } = place;
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw unexpected(place, "a list");
  return value.map((item: unknown, index) => ({ file, path: `${path}[${index}]`, value: item }));
};

/** @throws {ConfigFileError} when there is no text, or an empty one. */
export const textAt = (place: Place, expected = "a text"): string => {
  if (typeof place.value !== "string" || place.value === "") throw unexpected(place, expected);
  return place.value;
};

export const isAbsent = ({ value }: Place): boolean => value === undefined || value === null;

const inside = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
