import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { groups, type RatchetCommand } from "./command-line/command.ts";
import { createProgram } from "./program.ts";

const folder = join(import.meta.dirname, "program");
const files = (await readdir(folder)).filter((name) => !name.startsWith("."));

/** What a file exports, whether it is a command or not. */
const exportOf = async (file: string): Promise<RatchetCommand | undefined> =>
  file.endsWith(".ts") ? (await import(join(folder, file))).command : undefined;

/** The words of a line as a shell parts them; double quotes keep words together. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);

/** The program with one command that does nothing but note that it was called, and keeps its errors to itself. */
async function programThatOnlyParses(
  name: string,
): Promise<{ readonly program: Command; readonly called: () => number }> {
  const program = await createProgram();
  let calls = 0;
  program.commands
    .find((command) => command.name() === name)
    ?.configureOutput({ outputError: () => undefined, writeErr: () => undefined })
    .action(() => {
      calls += 1;
    });
  return { program, called: () => calls };
}

describe("the folder of the commands", () => {
  test.each(files)("has nothing in it that is no command: %s", async (file) => {
    expect(file).toMatch(/^[a-z-]+\.ts$/);
    expect(await exportOf(file), `cli/src/program/${file} exports no command`).toMatchObject({
      group: expect.toBeOneOf(Object.keys(groups)),
      place: expect.any(Number),
      define: expect.any(Function),
    });
  });

  test("makes each of its files a command, group by group, each at a place of its own", async () => {
    const commands = await Promise.all(files.map(async (file) => ({ file, ...(await exportOf(file)) })));
    const taken = commands.flatMap((one) =>
      commands
        .filter((other) => other.file > one.file && other.group === one.group && other.place === one.place)
        .map((other) => `${one.file} and ${other.file} both have place ${one.place} of group ${one.group}`),
    );
    expect(taken).toEqual([]);

    const listed = (await createProgram()).commands.map((command) => command.name());
    expect([...listed].sort()).toEqual(files.map((file) => basename(file, ".ts")).sort());
    const orderOf = (name: string) => {
      const { group = "machine", place = 0 } = commands.find(({ file }) => file === `${name}.ts`) ?? {};
      return Object.keys(groups).indexOf(group) * 1000 + place;
    };
    expect(listed.map(orderOf)).toEqual(listed.map(orderOf).sort((a, b) => a - b));
  });
});

describe.each(files.map((file) => basename(file, ".ts")))("ratchet %s", async (name) => {
  const { examples = [""] } = (await exportOf(`${name}.ts`)) ?? {};

  test("says what it is for, and what each argument and option is", async () => {
    const { commands } = await createProgram();
    const command = commands.find((one) => one.name() === name) ?? expect.fail(`there is no command ${name}`);
    expect(command.helpInformation()).toContain(`Usage: ratchet ${name}`);
    expect(command.description().length, "its description says what it is for, in a sentence").toBeGreaterThan(20);
    for (const argument of command.registeredArguments) expect(argument.description, argument.name()).not.toBe("");
    for (const option of command.options) expect(option.description, option.flags).not.toBe("");
  });

  test.each(examples)("takes its example: %s", async (line) => {
    const { program: parser, called } = await programThatOnlyParses(name);
    const [first, ...words] = wordsOf(line);
    expect(first).toBe("ratchet");
    expect(line.length, "fits a terminal of 80 columns").toBeLessThanOrEqual(78);
    await parser.parseAsync([...words], { from: "user" });
    expect(called()).toBe(1);
  });

  test("refuses an option that it does not have", async () => {
    const { program: parser, called } = await programThatOnlyParses(name);
    const [, ...words] = wordsOf(examples[0]);
    await expect(parser.parseAsync([...words, "--dance"], { from: "user" })).rejects.toThrow(
      "unknown option '--dance'",
    );
    expect(called()).toBe(0);
  });
});
