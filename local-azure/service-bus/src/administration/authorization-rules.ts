import type { AccessRight, AuthorizationRule } from "../entities.ts";
import { InvalidEntityError } from "../errors.ts";
import { schemaInstanceNamespace } from "./atom.ts";
import { child, childrenOf, childText, textOf, type XmlNode } from "./xml-reader.ts";
import { element, type Xml } from "./xml-writer.ts";

interface Authorized {
  readonly authorizationRules: readonly AuthorizationRule[];
}

/** The shared access policies of a queue or a topic. The element is there, if empty, even where there are none. */
export const authorizationRules = {
  read: (node: XmlNode): Partial<Authorized> => {
    const rules = child(node, "AuthorizationRules");
    return rules === undefined
      ? {}
      : { authorizationRules: childrenOf(rules, "AuthorizationRule").map(readAuthorizationRule) };
  },
  write: ({ authorizationRules: rules }: Authorized): readonly Xml[] => [
    element("AuthorizationRules", rules.map(writeAuthorizationRule)),
  ],
};

const allRights: readonly AccessRight[] = ["Listen", "Manage", "Send"];

const readAuthorizationRule = (node: XmlNode): AuthorizationRule => {
  const keyName = childText(node, "KeyName");
  if (!keyName) throw new InvalidEntityError("An AuthorizationRule needs a KeyName.");
  return {
    claimType: childText(node, "ClaimType") ?? "SharedAccessKey",
    claimValue: childText(node, "ClaimValue") ?? "None",
    accessRights: childrenOf(child(node, "Rights"), "AccessRights").map((right) => readRight(keyName, textOf(right))),
    keyName,
    ...optional("primaryKey", childText(node, "PrimaryKey")),
    ...optional("secondaryKey", childText(node, "SecondaryKey")),
    ...optional("createdTime", readDate(childText(node, "CreatedTime"))),
    ...optional("modifiedTime", readDate(childText(node, "ModifiedTime"))),
  };
};

const readRight = (keyName: string, given: string | undefined): AccessRight => {
  const right = allRights.find((candidate) => candidate === given);
  if (right !== undefined) return right;
  throw new InvalidEntityError(
    `AccessRights of the key '${keyName}' needs one of ${allRights.join(", ")}, not '${given}'.`,
  );
};

const readDate = (text: string | undefined): Date | undefined => (text ? new Date(text) : undefined);

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> =>
  value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);

const writeAuthorizationRule = (rule: AuthorizationRule): Xml =>
  element(
    "AuthorizationRule",
    [
      element("ClaimType", rule.claimType),
      element("ClaimValue", rule.claimValue ?? "None"),
      element(
        "Rights",
        (rule.accessRights ?? []).map((right) => element("AccessRights", right)),
      ),
      ...(rule.createdTime ? [element("CreatedTime", rule.createdTime.toISOString())] : []),
      ...(rule.modifiedTime ? [element("ModifiedTime", rule.modifiedTime.toISOString())] : []),
      element("KeyName", rule.keyName),
      ...(rule.primaryKey === undefined ? [] : [element("PrimaryKey", rule.primaryKey)]),
      ...(rule.secondaryKey === undefined ? [] : [element("SecondaryKey", rule.secondaryKey)]),
    ],
    { "i:type": "SharedAccessAuthorizationRule", "xmlns:i": schemaInstanceNamespace },
  );
