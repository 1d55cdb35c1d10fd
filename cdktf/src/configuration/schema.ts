import type { Setting, SettingsTable } from "@ratchet/contracts";
import { z } from "zod";

/**
 * What one environment is: `config/<environment>.yaml`. The topology is not configuration: it stands in contracts and is
 * the same everywhere.
 */

const text = (pattern: RegExp, rule: string) => z.string().regex(pattern, `must be ${rule}`);
const guid = z.guid("must be a GUID, as `az account show` and `az ad group show` print it");
const days = (most: number) => z.number().int().min(1).max(most);
const isoDuration = text(/^PT(\d+H)?(\d+M)?(\d+S)?$/, "an ISO 8601 duration such as PT10M");
const name = (most: number) =>
  text(
    new RegExp(`^[a-z][a-z0-9-]{0,${most - 2}}[a-z0-9]$`),
    `2 to ${most} lower-case letters, digits and hyphens, starting with a letter`,
  );

const storage = z.strictObject({
  replication: z.enum(["LRS", "ZRS", "GRS", "GZRS"]),
  /** For so long a deleted blob or container can be brought back. */
  recoverDays: days(365),
  /** For so long an overwritten version of a blob is kept. */
  keepVersionsDays: days(3650),
  /** Batches, runs and packages move to the cool tier after this time; nothing of them is deleted. */
  coolAfterDays: days(3650),
  /** Drops are deleted after this time: what was admitted lives on as batches. */
  keepDropsDays: days(3650),
});

const messaging = z
  .strictObject({
    sku: z.enum(["Standard", "Premium"]),
    /** Messaging units of a Premium namespace. */
    capacity: z.literal([1, 2, 4, 8, 16]).optional(),
  })
  .refine(({ sku, capacity }) => (sku === "Premium") === (capacity !== undefined), {
    path: ["capacity"],
    message: "is given for a Premium namespace, and for no other",
  });

const cluster = z.strictObject({
  vmSize: text(/^Standard_[A-Za-z0-9_]+$/, "a VM size such as Standard_D4s_v5"),
  maxNodes: z.number().int().min(1).max(100),
  /** LowPriority costs a fraction, and a run may be interrupted. */
  priority: z.enum(["Dedicated", "LowPriority"]).default("Dedicated"),
  /** A node without work goes away after this time. */
  idle: isoDuration.default("PT5M"),
});

const plan = z
  .strictObject({
    sku: z.enum(
      ["P0v3", "P1v3", "P2v3", "P3v3", "S1", "S2", "S3"],
      "must be a plan with staging slots: S1 or P0v3 and up",
    ),
    workers: z.number().int().min(1).max(30).default(1),
    zoneRedundant: z.boolean().default(false),
  })
  .refine(({ workers, zoneRedundant }) => !zoneRedundant || workers >= 2, {
    path: ["workers"],
    message: "must be at least 2 where zoneRedundant is true",
  });

const model = z.strictObject({
  name: name(40),
  /**
   * The function app of `deploy.app` in the model's ratchet.yaml: the same in every environment. The host knows an app by
   * the first 32 characters of its own name and its slot's: of longer ones, production and staging would be one.
   */
  app: name(30),
  plan: z.string(),
});

/** An app registration: requests need an operator's token for it, beside the function key. */
const signIn = z.strictObject({ clientId: guid }).optional();

/** Who may call an inference app besides the deployer and the operators: a service principal or managed identity. */
const caller = z.strictObject({ name: name(30), objectId: guid });
/** App Service's list of identities has room for some thirteen; the deployer is one. */
const mostCallers = 10;

const serving = z
  .strictObject({
    plans: z.record(name(20), plan),
    models: z.array(model),
    /** Client id of the app registration that callers ask tokens for (docs/deploy.md). */
    registration: guid,
    callers: z
      .array(caller)
      .max(mostCallers, `App Service takes a list of some ${mostCallers}: put a gateway before the apps, and name that`)
      .default([]),
  })
  .superRefine(({ plans, models }, context) => {
    for (const [index, { plan, ...named }] of models.entries()) {
      if (!(plan in plans))
        context.addIssue({
          code: "custom",
          path: ["models", index, "plan"],
          message: `is not one of the plans: ${Object.keys(plans).join(", ") || "there is none"}`,
        });
      for (const field of ["name", "app"] as const)
        if (models.findIndex((other) => other[field] === named[field]) < index)
          context.addIssue({
            code: "custom",
            path: ["models", index, field],
            message: `${named[field]} is there twice`,
          });
    }
  });

/** Why the configuration may not give a setting a value; undefined where it may. */
function refusal(setting: Setting | undefined): string | undefined {
  switch (setting?.from) {
    case "configuration":
      return undefined;
    case "infrastructure":
      return "is known to the infrastructure, which sets it itself";
    case "secret":
      return "is a secret: it goes into the key vault (docs/deploy.md), never into a file";
    case undefined:
      return "is not a setting of any service: contracts/src/settings.ts has them all";
  }
}

/** What services read and only an environment can say. Which settings there are stands in contracts. */
const settingsOf = (table: SettingsTable) =>
  z
    .record(z.string(), z.string("must be text: put it in quotes").min(1, "is empty"))
    .superRefine((given, context) => {
      const fault = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
      for (const name of Object.keys(given)) {
        const reason = refusal(Object.hasOwn(table, name) ? table[name] : undefined);
        if (reason) fault(name, reason);
      }
      for (const [name, setting] of Object.entries(table))
        if (setting.from === "configuration" && setting.default === undefined && !(name in given))
          fault(name, `is missing: ${setting.description}`);
    })
    .prefault({});

export const configurationSchemaFor = (table: SettingsTable) =>
  z.strictObject({
    environment: text(/^[a-z][a-z0-9]{1,3}$/, "2 to 4 lower-case letters and digits: it is part of every name"),
    /** Makes the names that are global on Azure yours. */
    organisation: text(/^[a-z][a-z0-9]{1,7}$/, "2 to 8 lower-case letters and digits: it is part of every name"),
    region: text(/^[a-z]+[a-z0-9]*$/, "a region such as westeurope (`az account list-locations`)"),
    subscription: guid,
    tenant: guid,
    tags: z.record(z.string(), z.string()).default({}),
    storage,
    messaging,
    training: z.strictObject({
      clusters: z.record(name(16), cluster).refine((clusters) => Object.keys(clusters).length > 0, "names no cluster"),
    }),
    orchestrators: z.strictObject({
      maximumInstances: z.number().int().min(1).max(1000),
      memoryMb: z.literal([512, 2048, 4096]),
    }),
    serving,
    console: z.strictObject({ signIn }).default({}),
    settings: settingsOf(table),
    access: z.strictObject({
      /** The Entra group whose members apply definitions, drop data, look at dead letters and replay them. */
      operators: guid,
      /** Object ids of the service principals and managed identities that drop data. */
      producers: z.record(name(20), guid).default({}),
    }),
    observability: z.strictObject({
      retentionDays: z.number().int().min(30).max(730),
      /** Ingestion stops for the day beyond this; -1 for no limit. */
      dailyQuotaGb: z.number().min(-1),
    }),
    alerts: z.strictObject({
      emails: z
        .array(z.email("must be an e-mail address"))
        .min(1, "names nobody: an alert that reaches no one is none"),
      /** Answers of 500 and above within five minutes. */
      inferenceErrors: z.number().int().min(0).default(5),
      inferenceLatencySeconds: z.number().positive().default(1),
    }),
    budget: z.strictObject({
      startsOn: text(
        /^\d{4}-(0[1-9]|1[0-2])-01$/,
        "the first of a month, in the month of the first deployment or after it",
      ),
      /** In the currency of the subscription. */
      monthly: z.number().positive(),
      training: z.number().positive(),
    }),
    /** Where Terraform keeps its state; it is there before anything else (docs/deploy.md). */
    state: z.strictObject({
      resourceGroup: z.string().min(1),
      storageAccount: text(/^[a-z0-9]{3,24}$/, "3 to 24 lower-case letters and digits"),
      container: z.string().min(3),
    }),
  });

export type Configuration = z.infer<ReturnType<typeof configurationSchemaFor>>;
export type ServedModel = z.infer<typeof model>;
