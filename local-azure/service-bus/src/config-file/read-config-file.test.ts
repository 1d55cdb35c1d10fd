import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigFileError } from "./place.ts";
import { parseConfig, readConfigFile } from "./read-config-file.ts";

/** The shape of the sample that Microsoft ships with its emulator, with one of everything. */
const sample = {
  UserConfig: {
    Namespaces: [
      {
        Name: "sbemulatorns",
        Queues: [
          {
            Name: "queue.1",
            Properties: {
              DeadLetteringOnMessageExpiration: false,
              DefaultMessageTimeToLive: "PT1H",
              DuplicateDetectionHistoryTimeWindow: "PT20S",
              ForwardDeadLetteredMessagesTo: "",
              ForwardTo: "",
              LockDuration: "PT1M",
              MaxDeliveryCount: 3,
              RequiresDuplicateDetection: false,
              RequiresSession: true,
            },
          },
          { Name: "bare" },
        ],
        Topics: [
          {
            Name: "topic.1",
            Properties: { DefaultMessageTimeToLive: "PT1H", RequiresDuplicateDetection: true },
            Subscriptions: [
              {
                Name: "subscription.1",
                Properties: { MaxDeliveryCount: 5, ForwardDeadLetteredMessagesTo: "queue.1" },
                Rules: [
                  {
                    Name: "correlated",
                    Properties: {
                      FilterType: "Correlation",
                      CorrelationFilter: {
                        ContentType: "application/text",
                        CorrelationId: "id1",
                        Label: "subject1",
                        MessageId: "msgid1",
                        ReplyTo: "someQueue",
                        ReplyToSessionId: "sessionId",
                        SessionId: "session1",
                        To: "xyz",
                        Properties: { prop1: "value1", prop2: 2, prop3: true },
                      },
                    },
                  },
                  {
                    Name: "sql",
                    Properties: {
                      FilterType: "Sql",
                      SqlFilter: { SqlExpression: "sys.MessageId = '123456' AND userProp1 = 'value1'" },
                      Action: { SqlExpression: "SET sys.To = 'Entity'" },
                    },
                  },
                ],
              },
              { Name: "subscription.2" },
            ],
          },
        ],
      },
    ],
    Logging: { Type: "File" },
  },
};

const parse = (config: unknown) => parseConfig(JSON.stringify(config), "Config.json");

const queue = (name: unknown, Properties?: object) => ({
  UserConfig: { Namespaces: [{ Name: "ns", Queues: [{ Name: name, Properties }] }] },
});

const rule = (Properties: unknown) => ({
  UserConfig: {
    Namespaces: [{ Topics: [{ Name: "t", Subscriptions: [{ Name: "s", Rules: [{ Name: "r", Properties }] }] }] }],
  },
});

const rulePlace = "UserConfig.Namespaces[0].Topics[0].Subscriptions[0].Rules[0].Properties";

describe("the emulator's configuration file", () => {
  test("gives the entities it describes", () => {
    expect(parse(sample)).toEqual({
      queues: [
        {
          name: "queue.1",
          deadLetteringOnMessageExpiration: false,
          defaultMessageTimeToLive: "PT1H",
          duplicateDetectionHistoryTimeWindow: "PT20S",
          lockDuration: "PT1M",
          maxDeliveryCount: 3,
          requiresDuplicateDetection: false,
          requiresSession: true,
        },
        { name: "bare" },
      ],
      topics: [
        {
          name: "topic.1",
          defaultMessageTimeToLive: "PT1H",
          requiresDuplicateDetection: true,
          subscriptions: [
            {
              subscriptionName: "subscription.1",
              maxDeliveryCount: 5,
              forwardDeadLetteredMessagesTo: "queue.1",
              rules: [
                {
                  name: "correlated",
                  filter: {
                    kind: "correlation",
                    contentType: "application/text",
                    correlationId: "id1",
                    subject: "subject1",
                    messageId: "msgid1",
                    replyTo: "someQueue",
                    replyToSessionId: "sessionId",
                    sessionId: "session1",
                    to: "xyz",
                    applicationProperties: { prop1: "value1", prop2: 2, prop3: true },
                  },
                },
                {
                  name: "sql",
                  filter: { kind: "sql", sqlExpression: "sys.MessageId = '123456' AND userProp1 = 'value1'" },
                  action: { sqlExpression: "SET sys.To = 'Entity'" },
                },
              ],
            },
            { subscriptionName: "subscription.2" },
          ],
        },
      ],
    });
  });

  test("may leave out what it does not need", () => {
    expect(parse({ UserConfig: { Namespaces: [{ Name: "ns" }] } })).toEqual({ queues: [], topics: [] });
  });

  test("may set what the emulator itself does not read", () => {
    const settings = { MaxSizeInMegabytes: 2048, Status: "ReceiveDisabled", AutoDeleteOnIdle: "PT10M" };
    expect(parse(queue("q", settings)).queues).toEqual([
      { name: "q", maxSizeInMegabytes: 2048, status: "ReceiveDisabled", autoDeleteOnIdle: "PT10M" },
    ]);
  });

  test("is read from disk, with or without a byte-order mark", async () => {
    const folder = await mkdtemp(join(tmpdir(), "config-file-"));
    const file = join(folder, "Config.json");
    await writeFile(file, `\u{feff}${JSON.stringify(sample)}`);
    expect(await readConfigFile(file)).toEqual(parse(sample));
    await rm(folder, { recursive: true });
    await expect(readConfigFile(file)).rejects.toThrow(`${file}: expected a file that can be read, found ENOENT`);
  });
});

describe("a configuration file is refused, naming file, place and expectation,", () => {
  test.each<[string, unknown, string, string]>([
    ["without UserConfig", {}, "UserConfig", "an object, found nothing"],
    ["without a namespace", { UserConfig: { Namespaces: [] } }, "UserConfig.Namespaces", "a list of one namespace"],
    ["with two namespaces", { UserConfig: { Namespaces: [{}, {}] } }, "UserConfig.Namespaces[1]", "one namespace only"],
    ["with something else for a list", { UserConfig: { Namespaces: {} } }, "UserConfig.Namespaces", "a list, found {}"],
    [
      "with an unknown name",
      { UserConfig: { Namespaces: [{ Queue: [] }] } },
      "UserConfig.Namespaces[0].Queue",
      "one of Name, Queues, Topics",
    ],
    [
      "with a queue without a name",
      queue(undefined),
      "UserConfig.Namespaces[0].Queues[0].Name",
      "the name of the queue, found nothing",
    ],
    [
      "with an unknown property",
      queue("q", { LockDurations: "PT1M" }),
      "UserConfig.Namespaces[0].Queues[0].Properties.LockDurations",
      "LockDuration,",
    ],
    [
      "with a text for a number",
      queue("q", { MaxDeliveryCount: "3" }),
      "UserConfig.Namespaces[0].Queues[0].Properties.MaxDeliveryCount",
      'a whole number, found "3"',
    ],
    [
      "with a number for a boolean",
      queue("q", { RequiresSession: 1 }),
      "UserConfig.Namespaces[0].Queues[0].Properties.RequiresSession",
      "true or false, found 1",
    ],
    [
      "with a number for a duration",
      queue("q", { LockDuration: 60 }),
      "UserConfig.Namespaces[0].Queues[0].Properties.LockDuration",
      "a text, found 60",
    ],
    [
      "with a duration out of range",
      queue("q", { LockDuration: "PT6M" }),
      "UserConfig.Namespaces[0].Queues[0].Properties.LockDuration",
      'to PT5M, found "PT6M"',
    ],
    [
      "with what is no duration",
      queue("q", { LockDuration: "1m" }),
      "UserConfig.Namespaces[0].Queues[0].Properties.LockDuration",
      "an ISO 8601 duration",
    ],
    [
      "with sessions that forward",
      queue("q", { RequiresSession: true, ForwardTo: "p" }),
      "UserConfig.Namespaces[0].Queues[0].Properties",
      "an entity with sessions cannot forward",
    ],
    [
      "with the filter type that looks right but is not",
      rule({ FilterType: "SqlFilter", SqlFilter: { SqlExpression: "1=1" } }),
      `${rulePlace}.FilterType`,
      '"Sql" or "Correlation", found "SqlFilter"',
    ],
    ["with a rule without properties", rule(undefined), rulePlace, "an object, found nothing"],
    [
      "without the filter that its type names",
      rule({ FilterType: "Sql" }),
      `${rulePlace}.SqlFilter`,
      "an object, found nothing",
    ],
    [
      "with a filter that compares nothing",
      rule({ FilterType: "Correlation", CorrelationFilter: {} }),
      `${rulePlace}.CorrelationFilter`,
      "at least one field",
    ],
    [
      "with a property that is no value",
      rule({ FilterType: "Correlation", CorrelationFilter: { Properties: { a: [] } } }),
      `${rulePlace}.CorrelationFilter.Properties.a`,
      "a text, a number, true or false, found []",
    ],
    [
      "with SQL that breaks the grammar",
      rule({ FilterType: "Sql", SqlFilter: { SqlExpression: "a = " } }),
      `${rulePlace}.SqlFilter.SqlExpression`,
      'found the end of the text at position 4 of "a = "',
    ],
    [
      "with an action that breaks the grammar",
      rule({ FilterType: "Sql", SqlFilter: { SqlExpression: "1=1" }, Action: { SqlExpression: "SET" } }),
      `${rulePlace}.Action.SqlExpression`,
      "a property name",
    ],
    [
      "with a queue and a topic of one name",
      { UserConfig: { Namespaces: [{ Queues: [{ Name: "a" }], Topics: [{ Name: "A" }] }] } },
      "UserConfig.Namespaces[0].Topics[0].Name",
      'a name that no other has, found "A" again',
    ],
  ])("%s", (_case, config, path, problem) => {
    const refused = (): unknown => {
      try {
        return parse(config);
      } catch (error) {
        return error;
      }
    };
    const error = refused();
    expect(error).toBeInstanceOf(ConfigFileError);
    expect(error).toMatchObject({
      file: "Config.json",
      path,
      message: expect.stringMatching(new RegExp(`^Config\\.json: ${path.replace(/[[\].]/gu, "\\$&")}: expected `, "u")),
    });
    expect(String(error)).toContain(problem);
  });

  test("with what is no JSON", () => {
    expect(() => parseConfig('{ "UserConfig": }', "Config.json")).toThrow(
      /^Config\.json: expected JSON, found Unexpected token/u,
    );
  });
});
