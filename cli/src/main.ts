#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { CommanderError } from "commander";
import { sayError } from "./command-line/terminal.ts";
import { exitCodes, explain } from "./errors.ts";

/** Runs the command line and returns the exit code. */
async function run(words: readonly string[]): Promise<number> {
  // Most of the time of a short command is the loading of SDKs; from the second run on they come compiled.
  enableCompileCache();
  const { createProgram } = await import("./program.ts");
  try {
    const program = await createProgram();
    await program.parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? exitCodes.done);
  } catch (error) {
    // Commander has already said what was wrong, or printed the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongInput;
    const { exitCode, message } = explain(error);
    sayError(message);
    if (process.env["RATCHET_DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return exitCode;
  }
}

process.exitCode = await run(process.argv.slice(2));
