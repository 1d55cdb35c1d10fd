import { namesOf } from "../stack/names.ts";

/** What Azure asks of the names that follow from a service's own: where it is used, and in which form. */
const kinds = [
  {
    what: "storage account",
    name: (names: Names, service: string) => names.serviceAccount(service),
    takes: /^[a-z0-9]{3,24}$/,
    rule: "3 to 24 lower-case letters and digits: end the service's name in a shorter word",
  },
  {
    what: "function app",
    name: (names: Names, service: string) => names.service(service),
    takes: /^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/,
    rule: "2 to 60 lower-case letters, digits and hyphens: give the service a shorter name",
  },
  {
    what: "plan",
    name: (names: Names, service: string) => names.servicePlan(service),
    takes: /^[a-z0-9-]{1,60}$/,
    rule: "1 to 60 lower-case letters, digits and hyphens: give the service a shorter name",
  },
] as const;

type Names = ReturnType<typeof namesOf>;

/** With the longest organisation and environment that a configuration may have, every other fits too. */
const longest = { organisation: "abcdefgh", environment: "test" } as const;

/**
 * What is wrong with the names of these services, in words: Azure would refuse a name made of one, or two resources would
 * have the same. Empty where all is well.
 */
export function nameFaults(services: readonly string[]): readonly string[] {
  const names = namesOf(longest);
  const refused = services.flatMap((service) =>
    kinds.flatMap(({ what, name, takes, rule }) =>
      takes.test(name(names, service))
        ? []
        : [`${service}: its ${what} would be ${name(names, service)}, and Azure takes ${rule}`],
    ),
  );
  const accounts = [
    ["the data account", names.dataAccount],
    ["the workspace", names.workspaceAccount],
    ...services.map((service) => [service, names.serviceAccount(service)] as const),
  ] as const;
  const shared = accounts.flatMap(([owner, account], index) => {
    const other = accounts.slice(0, index).find(([, earlier]) => earlier === account);
    return other ? [`${owner}: shares a storage account with ${other[0]}: end its name in another word`] : [];
  });
  return [...refused, ...shared];
}
