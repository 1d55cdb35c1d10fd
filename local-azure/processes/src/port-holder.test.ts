import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { describeProcess, portHolder } from "./index.ts";

test("the process that listens on a port is named, with its command", async () => {
  const program =
    "require('node:net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port); });";
  const other = spawn(process.execPath, ["--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(other.stdout, "data")) as [Buffer];
  expect(await portHolder(Number(line.toString()))).toEqual({
    id: other.pid,
    command: expect.stringContaining("createServer().listen"),
  });
  other.kill();
});

test("a port that nobody listens on has no holder, and an id that nothing runs under no description", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  expect((await portHolder(port))?.id).toBe(process.pid);
  server.close();
  await once(server, "close");
  expect(await portHolder(port)).toBeUndefined();
  expect(await describeProcess(2 ** 30)).toBeUndefined();
});
