const units = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;

/** An ISO 8601 duration of days, hours, minutes and seconds, such as `P7D` or `PT1H30M`, in milliseconds. */
export function millisecondsOf(iso: string): number | undefined {
  const match = /^P(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/.exec(iso);
  if (!match || iso.endsWith("P") || iso.endsWith("T")) return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  return Number(days) * units.D + Number(hours) * units.H + Number(minutes) * units.M + Number(seconds) * units.S;
}
