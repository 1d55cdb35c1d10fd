import { type Attribute, type Attributes, resourcesOf, type Synthesised } from "../synth/synthesised.ts";

/**
 * The same graph without any provider: each resource becomes a `terraform_data`, which is built into Terraform, with the
 * same attributes and the same references. Terraform itself can then say, without a registry, whether the names are legal,
 * every reference leads to a resource and no resource waits for itself.
 */
export function providerFree(tree: Synthesised): object {
  const resources = resourcesOf(tree);
  return {
    resource: {
      terraform_data: Object.fromEntries(
        resources.map(({ type, name, attributes: { lifecycle: _, depends_on, ...input } }) => [
          renamed(`${type}.${name}`),
          {
            input: rewritten(input),
            ...(Array.isArray(depends_on) && {
              depends_on: depends_on.map((address) => `terraform_data.${renamed(address)}`),
            }),
          },
        ]),
      ),
    },
    output: rewritten(tree.output as unknown as Attributes),
  };
}

const renamed = (address: string) => address.replace(".", "__");

/** `${type.name.attribute}` as the attribute of what stands in for the resource. */
function rewritten(value: Attribute): Attribute {
  if (typeof value === "string")
    return value.replaceAll(
      /\$\{((?:azurerm|azapi|time)_[a-z_]+\.[A-Za-z0-9_-]+)\./g,
      (_, address: string) => `\${terraform_data.${renamed(address)}.output.`,
    );
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rewritten(inner)]));
  return value;
}
