import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SettingsTable } from "@ratchet/contracts";
import type { Configuration } from "../configuration/configuration.ts";
import { synthesise } from "./synthesise.ts";

/** What Terraform is given: resources by type and name. */
export interface Synthesised {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly output: Readonly<Record<string, { readonly value: string; readonly description: string }>>;
  readonly provider: Readonly<Record<string, readonly Attributes[]>>;
  readonly terraform: Attributes;
}

export type Attributes = { readonly [name: string]: Attribute };
export type Attribute = string | number | boolean | null | readonly Attribute[] | Attributes;

export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly attributes: Attributes;
}

/** An environment, synthesised in memory as far as the caller is concerned. */
export function synthesised(configuration: Configuration, table?: SettingsTable): Synthesised {
  return inTemporaryFolder((folder) => {
    synthesise([configuration], folder, table);
    return JSON.parse(readFileSync(join(folder, "stacks", configuration.environment, "cdk.tf.json"), "utf8"));
  });
}

/** cdktf makes its output folder even for an app that is never written. */
export function inTemporaryFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "ratchet-synth-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every resource, or those of a type, without the marks that cdktf leaves for itself. */
export function resourcesOf(tree: Synthesised, ofType?: string): readonly Resource[] {
  return Object.entries(tree.resource)
    .filter(([type]) => ofType === undefined || type === ofType)
    .flatMap(([type, resources]) =>
      Object.entries(resources).map(([name, { "//": _marks, ...attributes }]) => ({ type, name, attributes })),
    );
}

/** Resources in Resource Manager's words, of one of its types: `Microsoft.Web/sites`. */
export function armResourcesOf(tree: Synthesised, armType: string): readonly Resource[] {
  return resourcesOf(tree).filter(
    ({ type, attributes }) => type.startsWith("azapi_") && armTypeOf(attributes) === armType,
  );
}

export const armTypeOf = (attributes: Attributes): string => String(attributes["type"]).split("@")[0] ?? "";

/** The settings of a function app, by name. */
export function appSettingsOf({ attributes }: Resource): Readonly<Record<string, string>> {
  const { properties } = attributes["body"] as unknown as SiteBodyRead;
  return Object.fromEntries(properties.siteConfig.appSettings.map(({ name, value }) => [name, value]));
}

interface SiteBodyRead {
  readonly properties: {
    readonly siteConfig: { readonly appSettings: readonly { readonly name: string; readonly value: string }[] };
  };
}

/** Every string in a value, with the path to it: `site_config.minimum_tls_version`. */
export function* stringsIn(value: Attribute, path = ""): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* stringsIn(inner, path ? `${path}.${key}` : key);
}

/** The value at a path such as `body.properties.siteConfig`; undefined where there is none. */
export function at(attributes: Attributes, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], attributes);
}
