import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { Command, Help, Option } from "commander";
import { groups, type RatchetCommand } from "./command-line/command.ts";
import { sayError, wrapped } from "./command-line/terminal.ts";

/**
 * The folder of the commands: each `.ts` file in it is one, named as the command is, and exports it as `command`.
 * Nothing else is in it, but for what file managers hide there.
 */
const folder = join(import.meta.dirname, "program");
const commandFiles = async () => (await readdir(folder)).filter((name) => !name.startsWith("."));

/** A file in the folder of the commands that is none. */
class NoCommandError extends Error {
  override readonly name = "NoCommandError";

  constructor(file: string) {
    super(
      `cli/src/program/${file} is no command: it must be a .ts file that exports \`command\`, a RatchetCommand; anything else has its place in another folder`,
    );
  }
}

async function loadCommand(file: string): Promise<RatchetCommand & { readonly name: string }> {
  const name = basename(file, ".ts");
  if (name === file) throw new NoCommandError(file);
  const { command } = (await import(`./program/${name}.ts`)) as { readonly command?: RatchetCommand };
  if (typeof command?.define !== "function" || !(command.group in groups)) throw new NoCommandError(file);
  return { name, ...command };
}

const hint = (words: string) => `(${words} --help tells what can be typed)`;

const closing = `
Against Azure: set STORAGE_BLOB_ENDPOINT, ServiceBus__fullyQualifiedNamespace, EVENT_GRID_TOPIC_ENDPOINT and, for releases, AZURE_SUBSCRIPTION_ID and AZURE_RESOURCE_GROUP; you are who DefaultAzureCredential says (az login). Without them, commands talk to what \`ratchet up\` runs on this machine.

Exit codes: 0 done, 1 tried and failed, 2 wrong input, 3 nothing to talk to.`;

/**
 * The `ratchet` command with every command of its folder, in the order of their groups.
 * @throws {NoCommandError} when a file in the folder is no command; it names the file.
 */
export async function createProgram(): Promise<Command> {
  const program = new Command("ratchet")
    .description("Continuous training and conditional deployment of PyTorch models on Azure, event by event.")
    .addOption(
      new Option("--folder <folder>", "where the local deployment keeps its state")
        .default(".ratchet")
        .env("RATCHET_FOLDER"),
    )
    .exitOverride()
    .configureOutput({ outputError: (text) => sayError(text.replace(/^error: /, "").trimEnd()) })
    .showHelpAfterError(hint("ratchet"))
    .configureHelp({
      showGlobalOptions: true,
      // Nearly every command has options: to say so each time would only take room from what it is for.
      subcommandTerm: (command) => new Help().subcommandTerm(command).replace(" [options]", ""),
    })
    .addHelpText("after", ({ error }) => wrapped(closing, error ? process.stderr : process.stdout, 80))
    .commandsGroup("Help:")
    .helpCommand("help [command]", "display help for command");
  const order = Object.keys(groups);
  const commands = await Promise.all((await commandFiles()).map(loadCommand));
  commands.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group) || a.place - b.place);
  for (const { name, group, examples, define } of commands)
    define(
      program
        .command(name)
        .helpGroup(groups[group])
        .showHelpAfterError(hint(`ratchet ${name}`)),
    ).addHelpText(
      "after",
      ["", examples.length === 1 ? "Example:" : "Examples:", ...examples.map((line) => `  ${line}`)].join("\n"),
    );
  return program;
}
