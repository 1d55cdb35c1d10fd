import { type Attribute, type Attributes, type Resource, resourcesOf, type Synthesised } from "../synth/synthesised.ts";

/** Where nearly everything is: said once by the group, not by each resource. */
const common = {
  location: `\${azurerm_resource_group.group.location}`,
  resource_group_name: `\${azurerm_resource_group.group.name}`,
} as const;

/**
 * What an environment will be, as text for a reviewer: role assignments as a table, every other resource with its
 * attributes, one a line, in an order that depends on nothing but their names.
 */
export function planOf(tree: Synthesised): string {
  const resources = resourcesOf(tree).filter(({ type }) => type !== "azurerm_role_assignment");
  const roles = resourcesOf(tree, "azurerm_role_assignment");
  const outputs = Object.entries(tree.output).map(([name, { value }]) => `  ${name} = ${value}`);
  return [
    `resources: ${resources.length}`,
    resources.map(paragraph).sort().join("\n"),
    `role assignments: ${roles.length}`,
    roles.map(roleLine).sort().join("\n"),
    "providers",
    Object.entries(tree.provider)
      .flatMap(([name, [settings = {}]]) => `${name}\n${lines(settings, "  ")}`)
      .sort()
      .join("\n"),
    "outputs",
    `${outputs.sort().join("\n")}\n`,
  ].join("\n\n");
}

function paragraph({ type, name, attributes }: Resource): string {
  const own = Object.entries(attributes).filter(
    ([key, value]) => !(key in common && Object.values(common).includes(value as never)),
  );
  return `${type}.${name}\n${lines(Object.fromEntries(own), "  ")}`;
}

function roleLine({ attributes }: Resource): string {
  const [who = "", where = ""] = String(attributes["description"]).split(" on ");
  return `  ${who.padEnd(30)} ${String(attributes["role_definition_name"]).padEnd(42)} ${where}`;
}

function lines(attributes: Attributes, indent: string): string {
  return Object.entries(attributes)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => line(name, value, indent))
    .join("");
}

function line(name: string, value: Attribute, indent: string): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "object"))
    return value.map((item) => line(name, item, indent)).join("");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const { name: setting, value: set, ...rest } = value as Attributes;
    // A setting of an app, as Resource Manager spells it.
    if (Object.keys(rest).length === 0 && typeof setting === "string" && set !== undefined)
      return `${indent}${name} ${setting} = ${set}\n`;
    return `${indent}${name}\n${lines(value as Attributes, `${indent}  `)}`;
  }
  return `${indent}${name} = ${Array.isArray(value) ? value.join(", ") : value}\n`;
}
