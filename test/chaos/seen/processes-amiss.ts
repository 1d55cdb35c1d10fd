import { services } from "@ratchet/contracts";
import { appOf } from "../load/projects.ts";
import type { Role } from "../stack/roles.ts";

/** What runs and should not, or the other way round, in a stack at rest: a sentence for each. */
export function processesAmiss(
  running: readonly { readonly role: Role }[],
  models: readonly string[],
): readonly string[] {
  const count = (kind: Role["kind"], name?: string): number =>
    running.filter(({ role }) => role.kind === kind && (name === undefined || ("name" in role && role.name === name)))
      .length;
  const exactlyOne = (found: number, what: string): readonly string[] =>
    found === 1 ? [] : [`${found} processes run as ${what}`];
  return [
    ...exactlyOne(count("main"), "ratchet up"),
    ...exactlyOne(count("storage"), "storage"),
    ...services.flatMap((service) => exactlyOne(count("service", service), `the ${service}`)),
    ...models.flatMap((model) => {
      const found = count("app", appOf(model));
      return found > 2 ? [`${found} processes run for the two slots of ${appOf(model)}`] : [];
    }),
    ...(count("job") > 0 ? [`${count("job")} processes of jobs still run`] : []),
  ];
}
