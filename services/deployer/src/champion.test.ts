import type { Release } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { type ChampionCommand, type ChampionEvent, championDecider, PointerMovedError } from "./champion.ts";
import { testPointer, testRelease } from "./testing/releases.ts";

const endpoint = "https://inference-digits.azurewebsites.net";
const [v5, v6, v7] = [testRelease("5"), testRelease("6"), testRelease("7")];

const now = new Date("2026-11-23T12:00:00.000Z");
const decision = { cause: "r", reason: "wrong sevens", by: "operator", now };
const frozenBy = { since: now.toISOString(), reason: "wrong sevens", by: "operator", cause: "r" };

const promote = (release: Release, over: Release | null = null): ChampionCommand => ({
  kind: "promote",
  model: "digits",
  release,
  endpoint,
  over,
});
const promoted = (release: Release): ChampionEvent => ({ kind: "promoted", model: "digits", release, endpoint });
const rollBack = (from: Release, to: Release): ChampionCommand => ({
  kind: "roll-back",
  model: "digits",
  from,
  to: { ...to, cause: "r" },
  endpoint,
  decision,
});
const rolledBack = (to: Release): ChampionEvent => ({ kind: "rolled-back", to: { ...to, cause: "r" }, endpoint });
const frozen: ChampionEvent = { kind: "frozen", frozen: frozenBy };

describe("a promotion", () => {
  test("is of a release that serves, where the champion is still the one by which it was decided", () => {
    given(championDecider).when(promote(v5)).then(promoted(v5));
    given(championDecider, promoted(v5)).when(promote(v6, v5)).then(promoted(v6));
    const newCode = { ...v5, package: "c".repeat(64), cause: "new code" };
    given(championDecider, promoted(v5)).when(promote(newCode, v5)).then(promoted(newCode));
  });

  test("is refused where another became champion meanwhile, to be decided anew", () => {
    const moved = "the champion of digits has changed in the meantime";
    given(championDecider, promoted(v5)).when(promote(v6)).thenRefused(moved);
    given(championDecider).when(promote(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v5), promoted(v7)).when(promote(v6, v5)).thenRefused(moved);
    // The same package, put there by another command.
    given(championDecider, promoted({ ...v5, cause: "another command" }))
      .when(promote(v6, v5))
      .thenRefused(moved);
    given(championDecider, promoted({ ...v5, package: "c".repeat(64) }))
      .when(promote(v6, v5))
      .thenRefused(moved);
    given(championDecider, promoted(v5), promoted(v6), rolledBack(v5)).when(promote(v7, v5)).thenRefused(moved);
    expect(new PointerMovedError("digits").transient).toBe(true);
  });

  test("that was written down for this command before is not written down again", () => {
    given(championDecider, promoted(v5), promoted(v6)).when(promote(v6, v5)).thenNothing();
    given(championDecider, promoted(v5), promoted(v6))
      .when(promote({ ...v6, promotedAt: "later" }, v5))
      .thenNothing();
  });

  test("leaves a frozen model frozen, and forgets that it was held back itself", () => {
    const heldBack = (version: string): ChampionEvent => ({
      kind: "held-back",
      heldBack: { version, since: now.toISOString() },
    });
    const past = [promoted(v5), frozen];
    expect(given(championDecider, ...past, heldBack("6"), promoted(v6)).state?.frozen).toEqual(frozenBy);
    expect(given(championDecider, ...past, heldBack("7"), promoted(v6)).state?.frozen).toMatchObject({
      heldBack: { version: "7" },
    });
  });

  test("leaves the former champion as the release to roll back to, and takes a forced one out of the withdrawn", () => {
    const before = testPointer({ withdrawn: [testRelease("7"), testRelease("4")] });
    const after = championDecider.evolve(before, { ...promoted(v7), endpoint: "https://here" } as ChampionEvent);
    expect(after).toMatchObject({ champion: { version: "7" }, previous: { version: "6" }, endpoint: "https://here" });
    expect(after?.withdrawn.map(({ version }) => version)).toEqual(["4"]);
    expect(championDecider.evolve(undefined, promoted(v7))?.previous).toBeNull();
  });
});

describe("a rollback", () => {
  test("puts the release before the champion back, by the cause of the rollback, withdraws the champion, and freezes", () => {
    const past = [promoted(v5), promoted(v6)];
    given(championDecider, ...past)
      .when(rollBack(v6, v5))
      .then(rolledBack(v5), frozen);
    expect(given(championDecider, ...past, rolledBack(v5), frozen).state).toEqual({
      model: "digits",
      champion: { ...v5, cause: "r" },
      previous: null,
      withdrawn: [v6],
      endpoint,
      frozen: frozenBy,
    });
  });

  test("of a model that is frozen already leaves it frozen since then, and for that reason", () => {
    const before: ChampionEvent = { kind: "frozen", frozen: { ...frozenBy, reason: "the fair", cause: "f" } };
    given(championDecider, promoted(v5), promoted(v6), before).when(rollBack(v6, v5)).then(rolledBack(v5));
  });

  test("that was written down for this command before is not written down again", () => {
    given(championDecider, promoted(v5), promoted(v6), rolledBack(v5), frozen).when(rollBack(v6, v5)).thenNothing();
  });

  test("keeps the releases that were withdrawn before it, newest first", () => {
    const past = [promoted(v5), promoted(v6), rolledBack(v5), promoted(v7)];
    const { state } = given(championDecider, ...past, rolledBack(v5));
    expect(state?.withdrawn.map(({ version }) => version)).toEqual(["7", "6"]);
  });

  test("is refused where champion or the release before it are others than those by which it was decided", () => {
    const moved = "the champion of digits has changed in the meantime";
    given(championDecider).when(rollBack(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v6)).when(rollBack(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v5), promoted(v6), promoted(v7)).when(rollBack(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v7), promoted(v6)).when(rollBack(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v5), promoted(v6), { ...rolledBack(v5), to: { ...v5, cause: "another" } } as never)
      .when(rollBack(v6, v5))
      .thenRefused(moved);
  });

  test("changes nothing where nothing was ever in production", () => {
    expect(championDecider.evolve(undefined, rolledBack(v5))).toBeUndefined();
  });
});

describe("a freeze", () => {
  const freeze: ChampionCommand = { kind: "freeze", model: "digits", decision };
  const thaw = (judgedAgain: string | null): ChampionCommand => ({
    kind: "thaw",
    model: "digits",
    decision: { ...decision, cause: "t" },
    judgedAgain,
  });
  const holdBack = (version: string): ChampionCommand => ({ kind: "hold-back", model: "digits", version, now });
  const heldBack = (version: string): ChampionEvent => ({
    kind: "held-back",
    heldBack: { version, since: now.toISOString() },
  });

  test("is of a champion, and once", () => {
    given(championDecider, promoted(v5)).when(freeze).then(frozen);
    given(championDecider, promoted(v5), frozen).when(freeze).thenNothing();
    given(championDecider).when(freeze).thenNothing();
  });

  test("remembers the newest challenger that was to be deployed", () => {
    const past = [promoted(v5), frozen];
    given(championDecider, ...past)
      .when(holdBack("6"))
      .then(heldBack("6"));
    given(championDecider, ...past, heldBack("6"))
      .when(holdBack("6"))
      .thenNothing();
    given(championDecider, ...past, heldBack("6"))
      .when(holdBack("7"))
      .then(heldBack("7"));
    expect(given(championDecider, ...past, heldBack("6"), heldBack("7")).state?.frozen?.heldBack?.version).toBe("7");
    given(championDecider, promoted(v5))
      .when(holdBack("6"))
      .thenRefused(/has changed in the meantime/);
  });

  test("ends with a thaw, which says which challenger is judged again", () => {
    const { since: _, ...rest } = frozenBy;
    const thawed = { ...rest, cause: "t", at: now.toISOString(), judgedAgain: "6" };
    const past = [promoted(v5), frozen, heldBack("6")];
    given(championDecider, ...past)
      .when(thaw("6"))
      .then({ kind: "thawed", thawed });
    const { state } = given(championDecider, ...past, { kind: "thawed", thawed });
    expect(state).toMatchObject({ champion: { version: "5" }, thawed });
    expect(state).not.toHaveProperty("frozen");
    given(championDecider, ...past, { kind: "thawed", thawed })
      .when(thaw("6"))
      .thenNothing();
  });

  test("does not end while another challenger was held back than the one that is judged again", () => {
    given(championDecider, promoted(v5), frozen, heldBack("7"))
      .when(thaw("6"))
      .thenRefused(/in the meantime/);
    given(championDecider, promoted(v5), frozen, heldBack("7"))
      .when(thaw(null))
      .thenRefused(/in the meantime/);
  });
});

describe("what a pointer tells of its releases", () => {
  test("is completed with the digest of the model where it lacked that, of champion and former one alike", () => {
    const know = (release: Release): ChampionCommand => ({
      kind: "know",
      model: "digits",
      package: release.package,
      onnx: "e".repeat(64),
    });
    const known = (release: Release): ChampionEvent => ({
      kind: "known",
      package: release.package,
      onnx: "e".repeat(64),
    });
    given(championDecider, promoted(v5), promoted(v6)).when(know(v6)).then(known(v6));
    given(championDecider, promoted(v5), promoted(v6)).when(know(v5)).then(known(v5));
    given(championDecider, promoted(v5), promoted(v6)).when(know(v7)).thenNothing();
    given(championDecider, promoted(v6), known(v6)).when(know(v6)).thenNothing();
    const { state } = given(championDecider, promoted(v5), promoted(v6), known(v5));
    expect(state?.champion.onnx.sha256).toBeUndefined();
    expect(state?.previous?.onnx).toEqual({ ...v5.onnx, sha256: "e".repeat(64) });
  });

  test("is where it serves", () => {
    const serve = (champion: Release): ChampionCommand => ({
      kind: "serve-from",
      model: "digits",
      champion,
      endpoint: "https://there",
    });
    given(championDecider, promoted(v5)).when(serve(v5)).then({ kind: "served-from", endpoint: "https://there" });
    given(championDecider, promoted(v5), { kind: "served-from", endpoint: "https://there" })
      .when(serve(v5))
      .thenNothing();
    given(championDecider, promoted(v5))
      .when(serve(v6))
      .thenRefused(/in the meantime/);
  });
});
