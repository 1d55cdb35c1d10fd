import type { Release } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { type ChampionCommand, type ChampionEvent, championDecider, PointerMovedError } from "./champion.ts";
import { testPointer, testRelease } from "./testing/releases.ts";

const endpoint = "https://inference-digits.azurewebsites.net";
const [v5, v6, v7] = [testRelease("5"), testRelease("6"), testRelease("7")];

const promote = (release: Release, over?: Release): ChampionCommand => ({
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
  to,
  cause: "r",
});
const rolledBack = (to: Release): ChampionEvent => ({ kind: "rolled-back", to, cause: "r" });

describe("a promotion", () => {
  test("is of a release that serves, where the champion is still the one by which it was decided", () => {
    given(championDecider).when(promote(v5)).then(promoted(v5));
    given(championDecider, promoted(v5)).when(promote(v6, v5)).then(promoted(v6));
    given(championDecider, promoted(v5))
      .when(promote({ ...v5, package: "c".repeat(64) }, v5))
      .then(promoted({ ...v5, package: "c".repeat(64) }));
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
    given(championDecider, promoted(v5), promoted(v6), rolledBack(v5)).when(promote(v7, v5)).thenRefused(moved);
    expect(new PointerMovedError("digits").transient).toBe(true);
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
  test("puts the release before the champion back, by the cause of the rollback, and withdraws the champion", () => {
    const past = [promoted(v5), promoted(v6)];
    given(championDecider, ...past)
      .when(rollBack(v6, v5))
      .then(rolledBack(v5));
    expect(given(championDecider, ...past, rolledBack(v5)).state).toEqual({
      model: "digits",
      champion: { ...v5, cause: "r" },
      previous: null,
      withdrawn: [v6],
      endpoint,
    });
  });

  test("keeps the releases that were withdrawn before it, newest first", () => {
    const past = [promoted(v5), promoted(v6), rolledBack(v5), promoted(v7)];
    const { state } = given(championDecider, ...past, rolledBack({ ...v5, cause: "r" }));
    expect(state?.withdrawn.map(({ version }) => version)).toEqual(["7", "6"]);
  });

  test("is refused where champion or the release before it are others than those by which it was decided", () => {
    const moved = "the champion of digits has changed in the meantime";
    given(championDecider).when(rollBack(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v6)).when(rollBack(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v5), promoted(v6), promoted(v7)).when(rollBack(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v7), promoted(v6)).when(rollBack(v6, v5)).thenRefused(moved);
    given(championDecider, promoted(v5), promoted(v6), rolledBack(v5)).when(rollBack(v6, v5)).thenRefused(moved);
  });

  test("changes nothing where nothing was ever in production", () => {
    expect(championDecider.evolve(undefined, rolledBack(v5))).toBeUndefined();
  });
});
