import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configurationOf, environments } from "../configuration/environments.ts";
import { inTemporaryFolder, type Synthesised, synthesised } from "../synth/synthesised.ts";
import { isUnreachable, terraform } from "../synth/terraform.ts";
import { providerFree } from "./provider-free.ts";

const available = inTemporaryFolder((folder) => terraform(folder, "version")?.ok ?? false);

/** What Terraform says of a tree without its providers. */
function judged(tree: Synthesised) {
  return inTemporaryFolder((folder) => {
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(providerFree(tree)));
    const init = terraform(folder, "init", "-input=false");
    return init?.ok ? terraform(folder, "validate") : init;
  });
}

describe.skipIf(!available)("Terraform itself", () => {
  test.each(environments())("finds the graph of %s sound: names, references, no cycle", (environment) => {
    expect(judged(synthesised(configurationOf(environment)))).toMatchObject({ ok: true });
  });

  test("finds a resource that waits for itself", () => {
    const tree = synthesised(configurationOf("dev"));
    const group = { group: { tags: { of: `\${azurerm_key_vault.training_key-vault.id}` } } };
    const answer = judged({ ...tree, resource: { ...tree.resource, azurerm_resource_group: group } });
    expect(answer).toMatchObject({ ok: false, text: expect.stringContaining("Cycle") });
  });

  test("finds a reference to nothing", () => {
    const tree = synthesised(configurationOf("dev"));
    const output = { X: { value: `\${azurerm_key_vault.none.id}`, description: "" } };
    expect(judged({ ...tree, output })).toMatchObject({
      ok: false,
      text: expect.stringContaining("undeclared resource"),
    });
  });
});

test("a registry that cannot be reached is told from a configuration that is wrong", () => {
  expect(isUnreachable("could not connect to registry.terraform.io: Failed to request discovery document")).toBe(true);
  expect(isUnreachable('Error: Unsupported argument\n\nAn argument named "colour" is not expected here.')).toBe(false);
});
