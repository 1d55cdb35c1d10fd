import { Command, Option } from "commander";
import { addDataCommands } from "./program/data.ts";
import { addDeadLetterCommands } from "./program/dead-letters.ts";
import { addLocalCommands } from "./program/local.ts";
import { addModelCommands } from "./program/models.ts";

/** The `ratchet` command with all that it can do. */
export function createProgram(): Command {
  const program = new Command("ratchet")
    .description("Continuous training and conditional deployment of PyTorch models on Azure, event by event.")
    .addOption(
      new Option("--folder <folder>", "where the local deployment keeps its state")
        .default(".ratchet")
        .env("RATCHET_FOLDER"),
    )
    .showHelpAfterError("(ratchet --help tells what can be typed)")
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .addHelpText(
      "after",
      `
Against Azure: set STORAGE_BLOB_ENDPOINT, ServiceBus__fullyQualifiedNamespace, EVENT_GRID_TOPIC_ENDPOINT and, for
releases, AZURE_SUBSCRIPTION_ID and AZURE_RESOURCE_GROUP; you are who DefaultAzureCredential says (az login).
Without them, commands talk to what \`ratchet up\` runs on this machine.

Exit codes: 0 done, 1 tried and failed, 2 wrong input, 3 nothing to talk to.`,
    );
  addLocalCommands(program);
  addModelCommands(program);
  addDataCommands(program);
  addDeadLetterCommands(program);
  return program;
}
