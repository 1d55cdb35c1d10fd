import { type Attributes, at, stringsIn } from "../synth/synthesised.ts";

const keyNames =
  /(access_key|accesskey|account_key|password|secret|shared_access_signature|sas_token|connection_?string)$/i;
const keyValues = /(AccountKey|SharedAccessKey|SharedAccessSignature|Password|ClientSecret)=|[?&]sig=/i;
const keyAttributes =
  /\.(primary|secondary)_(access_key|connection_string|blob_connection_string|key)\b|\.site_credential/;
/** An address and no key: Application Insights takes data from identities only. */
const addresses = ["APPLICATIONINSIGHTS_CONNECTION_STRING"];

/** Where a secret stands in a key vault. It says nothing of the secret. */
const isReference = (value: unknown) => typeof value === "string" && value.startsWith("@Microsoft.KeyVault(");

/** What in a resource is a key, or called one. */
export function keysIn(attributes: Attributes): readonly string[] {
  return [...stringsIn(attributes)].flatMap(({ path, text }) => {
    const name = path.split(".").at(-1) ?? "";
    // An app's setting as Resource Manager spells it: the name is a value, beside that of the setting.
    const named = name === "name" ? text : name;
    const kept = name === "name" && isReference(at(attributes, path.replace(/name$/, "value")));
    if (keyNames.test(named) && !kept && !addresses.includes(named)) return [`${path} is named like a key`];
    return keyValues.test(text) || keyAttributes.test(text) ? [`${path} holds a key`] : [];
  });
}

/** App Service reads secrets as the app's system-assigned identity where it is not told otherwise, and there is none. */
export function unreadable(attributes: Attributes): readonly string[] {
  const refers = [...stringsIn(attributes)].some(({ text }) => isReference(text));
  return refers && !at(attributes, "body.properties.keyVaultReferenceIdentity")
    ? ["refers to a secret, and not to the identity that may read it"]
    : [];
}
