import { badRequest } from "@local-azure/resource-manager";
import type { SignInSettings } from "../site/sign-in.ts";

/** The parts of a site's PUT or PATCH body that mean something here; the rest is kept and given back. */
interface SiteBody {
  readonly location?: string;
  readonly kind?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  /** From `siteConfig.appSettings`; absent if the body has none. */
  readonly appSettings?: Readonly<Record<string, string>>;
}

/** @throws {ArmError} when its tags are no object, or an app setting has no name: 400. */
export function siteBody(body: unknown): SiteBody {
  const site = record(body);
  const properties = record(site["properties"]);
  const { appSettings, ...siteConfig } = record(properties["siteConfig"]);
  return {
    ...(typeof site["location"] === "string" ? { location: site["location"] } : {}),
    ...(typeof site["kind"] === "string" ? { kind: site["kind"] } : {}),
    ...(site["tags"] === undefined ? {} : { tags: settingsOf(site["tags"], "tags") }),
    ...(site["identity"] === undefined ? {} : { identity: site["identity"] }),
    properties: { ...properties, siteConfig },
    ...(Array.isArray(appSettings) ? { appSettings: pairs(appSettings) } : {}),
  };
}

/**
 * A body `{properties: {name: value}}`.
 * @throws {ArmError} when it is none: 400.
 */
export function settingsBody(body: unknown): Readonly<Record<string, string>> {
  return settingsOf(record(body)["properties"] ?? {}, "properties");
}

/**
 * The properties of `config/authsettingsV2`.
 * @throws {ArmError} when a list in it that decides who is let in is none: 400.
 */
export function signInBody(body: unknown): SignInSettings {
  const settings = record(record(body)["properties"]);
  const entra = record(record(settings["identityProviders"])["azureActiveDirectory"]);
  const validation = record(entra["validation"]);
  const policy = record(validation["defaultAuthorizationPolicy"]);
  const { identities, groups } = record(policy["allowedPrincipals"]);
  const { excludedPaths } = record(settings["globalValidation"]);
  const lists = { allowedAudiences: validation["allowedAudiences"], identities, groups, excludedPaths };
  for (const [name, list] of Object.entries({ ...lists, allowedApplications: policy["allowedApplications"] }))
    if (list !== undefined && !(Array.isArray(list) && list.every((item) => typeof item === "string")))
      throw badRequest(`${name} has to be a list of texts.`);
  return settings as SignInSettings;
}

/**
 * The names in `{properties: {appSettingNames: […]}}`.
 * @throws {ArmError} when they are no array: 400.
 */
export function stickyNamesBody(body: unknown): readonly string[] {
  const names = record(record(body)["properties"])["appSettingNames"] ?? [];
  if (!Array.isArray(names)) throw badRequest("properties.appSettingNames has to be an array of setting names.");
  return names.map(String);
}

/**
 * The `targetSlot` of a swap.
 * @throws {ArmError} when it is missing: 400.
 */
export function targetSlotBody(body: unknown): string {
  const slot = record(body)["targetSlot"];
  if (typeof slot !== "string" || slot === "") throw badRequest("targetSlot is missing: name the slot to swap with.");
  return slot.toLowerCase();
}

function pairs(list: readonly unknown[]): Record<string, string> {
  return Object.fromEntries(
    list.map((item) => {
      const { name, value } = record(item);
      if (typeof name !== "string" || name === "") throw badRequest("Each of siteConfig.appSettings needs a name.");
      return [name, String(value ?? "")];
    }),
  );
}

function settingsOf(value: unknown, where: string): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badRequest(`${where} has to be an object of names and texts.`);
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text ?? "")]));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
