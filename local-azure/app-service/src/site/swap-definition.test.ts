import { expect, test } from "vitest";
import type { SlotDefinition } from "./definition.ts";
import { newSite, newSlot } from "./site.ts";
import { swapped } from "./swap-definition.ts";

const slot = (deployment: string, appSettings: Record<string, string>, port: number): SlotDefinition => ({
  ...newSlot(appSettings),
  content: { deployment },
  ports: { site: port, scm: port + 1 },
});
const site = {
  ...newSite({ name: "app", subscriptionId: "s", resourceGroup: "g" }, { stickySettings: ["Where", "ONLY_STAGING"] }),
  slots: {
    production: slot("old", { WHERE: "production", COLOR: "blue" }, 1000),
    staging: slot("new", { WHERE: "staging", COLOR: "green", ONLY_STAGING: "1", EXTRA: "x" }, 2000),
  },
};
const now = new Date("2024-05-10T12:00:00Z");

test("content and plain settings move, sticky settings, keys and addresses stay", () => {
  const { production, staging } = swapped(site, "staging", "production", now).slots;
  expect(production).toMatchObject({
    content: { deployment: "new" },
    ports: { site: 1000 },
    keys: site.slots.production.keys,
  });
  expect(production?.appSettings).toEqual({ COLOR: "green", EXTRA: "x", WHERE: "production" });
  expect(staging).toMatchObject({
    content: { deployment: "old" },
    ports: { site: 2000 },
    keys: site.slots.staging.keys,
  });
  expect(staging?.appSettings).toEqual({ COLOR: "blue", WHERE: "staging", ONLY_STAGING: "1" });
});

test("the sign-in of the target is that of both", () => {
  const signIn = { platform: { enabled: true } };
  const slots = { ...site.slots, production: { ...site.slots.production, signIn } };
  const { production, staging } = swapped({ ...site, slots }, "staging", "production", now).slots;
  expect([production?.signIn, staging?.signIn]).toEqual([signIn, signIn]);
});

test("swapping back restores what was there", () => {
  const back = swapped(swapped(site, "staging", "production", now), "staging", "production", now).slots;
  for (const name of ["production", "staging"] as const) {
    expect(back[name]).toEqual({
      ...site.slots[name],
      lastModified: expect.any(String),
      appSettings: expect.objectContaining(site.slots[name].appSettings),
    });
  }
});
