import type { DropRecord } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DropCommand, type DropEvent, dropDecider, firstLook, isEnded } from "./drop-process.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 9, minute)).toISOString();
const drop = { model: "digits", file: "digits/a.csv", etag: "0x8DE2A1B2C3D4E5F" };
const announcement = { cause: "an event", traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` };
const batch = "3f1c9a0b5d7e2468";
const malformed = { code: "malformed", reason: "digits/a.csv, line 3: it has 2 fields" };
const known = { code: "already-admitted", reason: "digits/a.csv: the same content was admitted", batch };

const see: DropCommand = { kind: "see", ...drop, ...announcement, at: at(0) };
const seen: DropEvent = { kind: "seen", ...drop, ...announcement, at: at(0) };
const intend: DropCommand = { kind: "intend", batch, at: at(1) };
const inspected: DropEvent = { kind: "inspected", batch, at: at(1) };
const take: DropCommand = { kind: "take", at: at(2) };
const taken: DropEvent = { kind: "taken", at: at(2) };
const admit: DropCommand = { kind: "admit", at: at(3) };
const admitted: DropEvent = { kind: "admitted", at: at(3) };
const quarantine: DropCommand = { kind: "quarantine", at: at(3) };
const quarantined: DropEvent = { kind: "quarantined", at: at(3) };
const refuse: DropCommand = { kind: "refuse", refusal: malformed, at: at(3) };
const refused: DropEvent = { kind: "refused", refusal: malformed, at: at(3) };
const recognise: DropCommand = { kind: "recognise", refusal: known, at: at(3) };
const recognised: DropEvent = { kind: "refused", refusal: known, at: at(3) };
const end: DropCommand = { kind: "end", at: at(4) };
const ended: DropEvent = { kind: "ended" };
const stuckSaid: DropEvent = { kind: "stuck-said", at: at(200) };

const after = (...past: readonly DropEvent[]): DropRecord => given(dropDecider, ...past).state as DropRecord;

describe("a drop", () => {
  test("is seen once, because of whatever announced it first", () => {
    given(dropDecider).when(see).then(seen);
    given(dropDecider, seen)
      .when({ ...see, cause: "another event", at: at(9) })
      .thenNothing();
    given(dropDecider, seen, refused, ended).when(see).thenNothing();
  });

  test("of which there is no record moves by nothing else", () => {
    for (const command of [intend, take, admit, refuse, recognise, end]) given(dropDecider).when(command).thenNothing();
  });

  test("goes from seen to admitted step by step", () => {
    given(dropDecider, seen).when(intend).then(inspected);
    given(dropDecider, seen, inspected).when(take).then(taken);
    given(dropDecider, seen, inspected, taken).when(admit).then(admitted);
    given(dropDecider, seen, inspected, taken, admitted).when(end).then(ended);
    expect(after(seen, inspected, taken, admitted, ended)).toEqual({
      ...drop,
      ...announcement,
      batch,
      phase: "admitted",
      since: at(3),
      lookAt: null,
    });
  });

  test("goes into quarantine in the place of its admission, and is told then", () => {
    given(dropDecider, seen, inspected).when(quarantine).thenNothing();
    given(dropDecider, seen, inspected, taken).when(quarantine).then(quarantined);
    given(dropDecider, seen, inspected, taken, admitted).when(quarantine).thenNothing();
    given(dropDecider, seen, inspected, taken, quarantined).when(end).then(ended);
    expect(after(seen, inspected, taken, quarantined)).toMatchObject({ phase: "quarantined", batch, lookAt: at(13) });
  });

  test("leaves out no step: it is neither taken before it is known what as, nor admitted before it is taken", () => {
    given(dropDecider, seen).when(take).thenNothing();
    given(dropDecider, seen).when(admit).thenNothing();
    given(dropDecider, seen, inspected).when(admit).thenNothing();
    given(dropDecider, seen, inspected, taken).when(end).thenNothing();
  });

  test("is refused for its content, or because it is gone, only as long as it is not taken", () => {
    given(dropDecider, seen).when(refuse).then(refused);
    given(dropDecider, seen, inspected).when(refuse).then(refused);
    given(dropDecider, seen, inspected, taken).when(refuse).thenNothing();
    given(dropDecider, seen, inspected, taken, admitted).when(refuse).thenNothing();
    expect(after(seen, refused)).toMatchObject({ phase: "refused", refusal: malformed });
  });

  test("is recognised as another one's content only when it is taken", () => {
    given(dropDecider, seen).when(recognise).thenNothing();
    given(dropDecider, seen, inspected).when(recognise).thenNothing();
    given(dropDecider, seen, inspected, taken).when(recognise).then(recognised);
    given(dropDecider, seen, inspected, taken, admitted).when(recognise).thenNothing();
  });

  test("that is decided stays as it is: what is admitted is not refused, and what is refused not taken", () => {
    for (const command of [intend, take, admit, quarantine, refuse, recognise]) {
      given(dropDecider, seen, inspected, taken, admitted).when(command).thenNothing();
      given(dropDecider, seen, inspected, taken, quarantined).when(command).thenNothing();
      given(dropDecider, seen, inspected, refused).when(command).thenNothing();
      given(dropDecider, seen, inspected, taken, recognised).when(command).thenNothing();
    }
  });

  test("is told once, and then never opens again", () => {
    given(dropDecider, seen, refused).when(end).then(ended);
    given(dropDecider, seen, refused, ended).when(end).thenNothing();
    given(dropDecider, seen, refused, ended)
      .when({ kind: "look", at: at(60) })
      .thenNothing();
    given(dropDecider, seen, refused, ended)
      .when({ kind: "say-stuck", at: at(60) })
      .thenNothing();
  });
});

describe("a look at a drop", () => {
  const lookedAt = (...past: readonly DropEvent[]) => ({
    after: (minute: number) =>
      given(dropDecider, ...past)
        .when({ kind: "look", at: at(minute) })
        .then({ kind: "looked-at", lookAt: at(minute + Math.max(10, minute)) }),
  });

  test("comes ten minutes after each step", () => {
    expect(firstLook).toBe(600_000);
    expect(after(seen).lookAt).toBe(at(10));
    expect(after(seen, inspected).lookAt).toBe(at(11));
    expect(after(seen, inspected, taken).lookAt).toBe(at(12));
    expect(after(seen, inspected, taken, admitted).lookAt).toBe(at(13));
  });

  test("sets the next one, and leaves all else as it was", () => {
    const lookAt = at(40);
    expect(after(seen, { kind: "looked-at", lookAt })).toEqual({ ...after(seen), lookAt });
  });

  test("is repeated after as long again as the drop has been where it is", () => {
    lookedAt(seen).after(3);
    lookedAt(seen).after(10);
    lookedAt(seen).after(20);
    lookedAt(seen).after(40);
    lookedAt(seen).after(1440);
  });

  test("is repeated after a day at the latest", () => {
    given(dropDecider, seen)
      .when({ kind: "look", at: at(1441) })
      .then({ kind: "looked-at", lookAt: at(1441 + 1440) });
  });

  test("that finds it stuck is told once for each step", () => {
    given(dropDecider, seen)
      .when({ kind: "say-stuck", at: at(200) })
      .then(stuckSaid);
    given(dropDecider, seen, stuckSaid)
      .when({ kind: "say-stuck", at: at(300) })
      .thenNothing();
    expect(after(seen, stuckSaid, inspected).stuckSaidAt).toBeUndefined();
    given(dropDecider, seen, stuckSaid, inspected)
      .when({ kind: "say-stuck", at: at(200) })
      .then(stuckSaid);
  });
});

test("whatever is asked, in any order and however often, a drop moves forward alone and is decided once", () => {
  const ends = ["admitted", "quarantined", "refused"];
  const phases = ["seen", "inspected", "taken", ...ends];
  const commands = [see, intend, take, admit, quarantine, refuse, recognise, end];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 40 }), (asked) => {
      let state: DropRecord | undefined;
      const past: (DropRecord | undefined)[] = [];
      for (const command of asked) {
        past.push(state);
        const events = dropDecider.decide(state, command);
        expect(events.length).toBeLessThanOrEqual(1);
        state = events.reduce(dropDecider.evolve, state);
        if (state) expect(dropDecider.decide(state, command)).toEqual([]);
      }
      const taken = [...past, state].map((one) => one?.phase).filter((phase) => phase !== undefined);
      expect(taken.map((phase) => phases.indexOf(phase))).toEqual(
        taken.map((phase) => phases.indexOf(phase)).toSorted((a, b) => a - b),
      );
      expect(new Set(taken.filter((phase) => ends.includes(phase))).size).toBeLessThanOrEqual(1);
      if (state?.phase === "admitted") expect(state.refusal).toBeUndefined();
      if (state && isEnded(state)) expect(ends).toContain(state.phase);
    }),
  );
});
