import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { LetterAction } from "@ratchet/contracts";
import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import { WrongInputError } from "../errors.ts";
import type { ActOptions } from "../letters/act.ts";
import type { FilterOptions } from "../letters/select.ts";

interface Options extends FilterOptions, ActOptions {
  readonly reason?: string;
  readonly rate?: string;
  readonly to?: string;
  readonly data?: string;
}

const actions = [
  "list",
  "groups",
  "show",
  "replay",
  "edit",
  "send",
  "archive",
  "archived",
  "restore",
  "purge",
  "operations",
  "cancel",
  "resume",
  "audit",
] as const;
type Action = (typeof actions)[number];

const isAction = (word: string): word is Action => (actions as readonly string[]).includes(word);

/** What is meant by the first word: an action, or a queue whose letters are to be listed. */
const meantBy = (word: string, rest: readonly string[], options: Options) =>
  isAction(word)
    ? { action: word, words: rest, options }
    : { action: "list" as const, words: rest, options: { ...options, queue: word } };

/** The data of an edit, from a file or from standard input. @throws {WrongInputError} when it is no JSON, or not given. */
async function dataOf(file: string | undefined): Promise<unknown> {
  if (file === undefined) throw new WrongInputError("give the new data: --data <file.json>, or --data - to pipe it in");
  const content = await (file === "-" ? text(process.stdin) : readFile(file, "utf8"));
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new WrongInputError(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function run(action: Action, words: readonly string[], options: Options, command: Command): Promise<void> {
  const [{ act, resume }, print, select, { groundOf }, operators] = await Promise.all([
    import("../letters/act.ts"),
    import("../letters/print.ts"),
    import("../letters/select.ts"),
    import("../operator-ground.ts"),
    import("@ratchet/operators"),
  ]);
  const now = new Date();
  const needsLetters = ["list", "groups", "replay", "send", "archive", "archived", "restore", "purge", "edit", "show"];
  const filter = needsLetters.includes(action) ? select.filterOf(words, options, now) : {};
  const reason = options.reason ?? "";
  const rate = options.rate === undefined ? undefined : Number(options.rate);
  const doing = ["replay", "send", "archive", "restore", "purge", "edit"].includes(action);
  if (doing && !options.dryRun && reason === "")
    throw new WrongInputError(`say why: ratchet dead-letters ${action} … --reason "…"; it is recorded`);
  if (doing && !options.all && !select.saysSomething(filter))
    throw new WrongInputError("say which: letters as the list names them, a filter such as --group, or --all");
  if (action === "send" && options.to === undefined) throw new WrongInputError("say where to: --to <queue>");

  await withDeployment(command, async (deployment, output) => {
    const ground = groundOf(deployment);
    const [first = ""] = words;
    const selected = operators.sayFilter(filter);
    switch (action) {
      case "list": {
        const letters = await select.findLetters(ground, filter);
        const hint =
          "\n\nreplay with: ratchet dead-letters replay <letter> --reason …; groups: ratchet dead-letters groups";
        return output.result(
          letters.map(print.jsonOf),
          letters.length > 0 ? `${print.lettersTable(letters, now)}${hint}` : "no dead letters",
        );
      }
      case "groups": {
        const letters = await select.findLetters(ground, filter);
        return output.result(
          operators.groupLetters(letters, now),
          letters.length > 0 ? print.groupsTable(letters, now) : "no dead letters",
        );
      }
      case "show": {
        const [letter] = await select.findLetters(ground, filter);
        if (words.length !== 1 || !letter) throw new WrongInputError("name one letter, as the list names it");
        const faults = operators.faultsOf(letter);
        return output.result({ ...print.jsonOf(letter), faults }, print.describeLetter(letter, now));
      }
      case "archived": {
        const kept = await select.findArchived(ground, filter);
        return output.result(kept, kept.length > 0 ? print.archiveTable(kept, now) : "the archive is empty");
      }
      case "operations": {
        const operations = await operators.listOperations(ground);
        return output.result(
          operations,
          operations.length > 0 ? print.operationsTable(operations, now) : "no operations on dead letters yet",
        );
      }
      case "audit": {
        const entries = await operators.readAudit(ground.documents);
        return output.result(entries, entries.length > 0 ? print.auditTable(entries, now) : "nothing was done yet");
      }
      case "cancel": {
        const operation = await operators.cancelOperation(ground, first);
        return output.result(operation, `${operation.id}: ${operation.state}, ${operators.outcomeOf(operation)}`);
      }
      case "resume":
        return resume(ground, output, words[0]);
      case "restore": {
        const letters = (await select.findArchived(ground, filter)).map(({ letter }) => letter);
        return act(ground, output, { action, letters, selected, reason, rate }, options);
      }
      case "edit": {
        const data = await dataOf(options.data);
        const letters = await select.findLetters(ground, filter);
        const [letter] = letters;
        if (letters.length !== 1 || !letter) throw new WrongInputError("one letter is edited at a time: name it");
        const edited = operators.editLetter(letter, data);
        return act(ground, output, { action, letters, selected, reason, edited }, options);
      }
      default: {
        const letters = await select.findLetters(ground, filter);
        const to = action === "send" ? select.queueNamed(options.to ?? "") : undefined;
        const asked: LetterAction = action === "send" ? "send-elsewhere" : action;
        return act(ground, output, { action: asked, letters, selected, reason, rate, to }, options);
      }
    }
  });
}

export const command: RatchetCommand = {
  group: "failures",
  place: 10,
  examples: [
    "ratchet dead-letters",
    "ratchet dead-letters groups --model weather",
    "ratchet dead-letters show data-dropped/7",
    'ratchet dead-letters replay --group 9f86d081884c7d65 --reason "applied now"',
    'ratchet dead-letters replay --error TimeoutError --newer 2h --reason "back" -y',
    'ratchet dead-letters edit train-model/3 --data new.json --reason "typo"',
    'ratchet dead-letters archive data-dropped/7 --reason "the file is gone"',
    "ratchet dead-letters purge --older 30d --dry-run",
    "ratchet dead-letters operations",
  ],
  define: (command) =>
    command
      .description("look at messages that failed for good; replay, edit, send elsewhere, archive or purge them")
      .argument("[action]", `${actions.join(", ")}; or a queue, to list its letters`, "list")
      .argument("[names...]", "letters as the list names them; of cancel and resume, an operation")
      .option("--queue <queue>", "those of a queue, or of event-grid")
      .option("--group <group>", "those with one cause, as groups names it")
      .option("--type <type>", "those of a type of message")
      .option("--model <model>", "those about a model")
      .option("--run <run>", "those about a run")
      .option("--error <class>", "those that failed by this class of error")
      .option("--text <text>", "those whose reason has this in it")
      .option("--newer <age>", "those that failed since then: 90s, 15min, 2h, 3d, or a time")
      .option("--older <age>", "those that failed before then")
      .option("--all", "every letter that is there now")
      .option("--reason <text>", "why; it is recorded")
      .option("--rate <letters>", "at most so many letters a second")
      .option("--to <queue>", "of send: the queue that they go to")
      .option("--data <file>", "of edit: the new data as JSON; - reads standard input")
      .option("--dry-run", "say what would be done, and do nothing")
      .option("-y, --yes", "do not ask")
      .option("--confirm <words>", "of purge: what it asks to type, e.g. `purge 12`")
      .option(...jsonOption)
      .action(async (word: string, names: readonly string[], given: Options, command: Command) => {
        const { action, words, options } = meantBy(word, names, given);
        await run(action, words, options, command);
      }),
};
