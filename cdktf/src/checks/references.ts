import type { SettingsTable } from "@ratchet/contracts";
import type { Configuration } from "../configuration/configuration.ts";
import { addressOf } from "../stack/address.ts";
import { AzapiResource, AzapiUpdate } from "../stack/azapi.ts";
import { App, TerraformResource } from "../stack/azurerm.ts";
import { RatchetStack } from "../stack/stack.ts";
import { type Attributes, inTemporaryFolder, resourcesOf, type Synthesised, stringsIn } from "../synth/synthesised.ts";

/** A `${…}` that Terraform could not resolve. */
interface BrokenReference {
  readonly from: string;
  readonly reference: string;
  readonly reason: string;
}

/**
 * The references of an environment that lead nowhere: to a resource that is not there, or to an attribute that the
 * provider's class of the resource does not have. Terraform itself finds these only with the provider at hand.
 */
export function brokenReferences(
  configuration: Configuration,
  tree: Synthesised,
  table?: SettingsTable,
): readonly BrokenReference[] {
  const stack = inTemporaryFolder((outdir) => new RatchetStack(new App({ outdir }), configuration, table));
  const resources = new Map(
    stack.node
      .findAll()
      .filter((node) => TerraformResource.isTerraformResource(node))
      .map((resource) => [addressOf(resource), resource]),
  );
  const check = (from: string, value: Attributes): readonly BrokenReference[] =>
    [...stringsIn(value)].flatMap(({ path, text }) =>
      [...text.matchAll(/\$\{([^}]*)\}/g)].flatMap(([, reference = ""]) => {
        const reason = reasonOf(reference, resources);
        return reason ? [{ from: `${from}.${path}`, reference, reason }] : [];
      }),
    );
  const dependencies = resourcesOf(tree).flatMap(({ type, name, attributes }) =>
    ((attributes["depends_on"] as readonly string[]) ?? [])
      .filter((dependency) => !resources.has(dependency))
      .map((reference) => ({ from: `${type}.${name}.depends_on`, reference, reason: "there is no such resource" })),
  );
  return [
    ...resourcesOf(tree).flatMap(({ type, name, attributes }) => check(`${type}.${name}`, attributes)),
    ...check("output", tree.output as unknown as Attributes),
    ...dependencies,
  ];
}

function reasonOf(reference: string, resources: ReadonlyMap<string, TerraformResource>): string | undefined {
  const [, address, path] = /^([a-z_]+\.[A-Za-z0-9_-]+)\.([A-Za-z0-9_.[\]]+)$/.exec(reference) ?? [];
  if (!address || !path) return "is not an attribute of a resource";
  const resource = resources.get(address);
  if (!resource) return "there is no such resource";
  if (resource instanceof AzapiUpdate) return "nothing of it is known but that it was done";
  if (resource instanceof AzapiResource) return azapiReason(resource, path);
  let value: unknown = resource;
  for (const attribute of path.replaceAll(/\[\d+\]/g, "").split(".")) {
    const getter = camelCase(attribute);
    if (!hasGetter(value, getter)) return `${attribute} is not an attribute that the provider knows`;
    value = (value as Record<string, unknown>)[getter];
  }
  return undefined;
}

function azapiReason(resource: AzapiResource, path: string): string | undefined {
  if (path === "id" || path === "name") return undefined;
  const exported = /^output\.(.+)$/.exec(path)?.[1];
  try {
    if (exported) resource.output(exported);
    return exported ? undefined : `${path} is not an attribute of azapi_resource`;
  } catch (error) {
    return (error as Error).message;
  }
}

const camelCase = (snake: string) => snake.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Of the class itself: cdktf's own getters (`fqn`, `node`) are not attributes. */
const hasGetter = (value: unknown, name: string) =>
  typeof value === "object" &&
  value !== null &&
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value), name)?.get !== undefined;
