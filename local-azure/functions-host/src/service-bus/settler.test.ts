import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { expect, test, vi } from "vitest";
import { type Settler, settleOneKindAtATime } from "./settler.ts";

const message = {} as ServiceBusReceivedMessage;

/** A receiver that is answered when the test says so, and the kinds that it was asked for so far. */
function answeredByHand() {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const ask = (kind: string) => {
    asked.push(kind);
    return new Promise<void>((resolve) => answers.push(resolve));
  };
  const receiver: Settler = {
    completeMessage: () => ask("complete"),
    abandonMessage: () => ask("abandon"),
  };
  const answerAll = (): void => {
    for (const answer of answers.splice(0)) answer();
  };
  return { receiver, asked, answerAll };
}

test("settlements of one kind are under way together", async () => {
  const { receiver, asked } = answeredByHand();
  const settler = settleOneKindAtATime(receiver);
  void settler.completeMessage(message);
  void settler.completeMessage(message);
  await vi.waitFor(() => expect(asked).toEqual(["complete", "complete"]));
});

test("the other kind waits for every answer, and then goes before what was asked for after it", async () => {
  const { receiver, asked, answerAll } = answeredByHand();
  const settler = settleOneKindAtATime(receiver);
  const settled = [
    settler.completeMessage(message),
    settler.abandonMessage(message),
    settler.completeMessage(message),
    settler.abandonMessage(message),
  ];
  await vi.waitFor(() => expect(asked).toEqual(["complete"]));
  answerAll();
  await vi.waitFor(() => expect(asked).toEqual(["complete", "abandon", "abandon"]));
  answerAll();
  await vi.waitFor(() => expect(asked).toEqual(["complete", "abandon", "abandon", "complete"]));
  answerAll();
  await Promise.all(settled);
});

test("a settlement that fails is told to whom it belongs, and holds up nobody", async () => {
  const lost = new Error("the lock is lost");
  const settler = settleOneKindAtATime({
    completeMessage: () => Promise.reject(lost),
    abandonMessage: () => Promise.resolve(),
  });
  const failing = settler.completeMessage(message);
  const waiting = settler.abandonMessage(message);
  await expect(failing).rejects.toBe(lost);
  await waiting;
});
