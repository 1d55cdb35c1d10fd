import { HostConfigurationError } from "./errors.ts";

/** App settings; names are looked up without regard to case, as the .NET configuration does. */
export interface AppSettings {
  get(name: string): string | undefined;
  /** Replaces each `%NAME%` by the app setting of that name. */
  resolve(text: string, where: string): string;
  /** Whether `AzureWebJobs.<name>.Disabled` (or its spellings with `_`, for Linux) is set. */
  isDisabled(functionName: string): boolean;
}

export function appSettings(environment: Readonly<Record<string, string | undefined>>): AppSettings {
  const values = new Map(Object.entries(environment).map(([name, value]) => [canonical(name), value]));
  const get = (name: string): string | undefined => values.get(canonical(name)) || undefined;
  return {
    get,
    resolve(text, where) {
      return text.replace(/%([^%]+)%/g, (_, name: string) => {
        const value = get(name);
        if (value === undefined) {
          throw new HostConfigurationError(`${where} refers to the app setting "${name}", which is not set.`);
        }
        return value;
      });
    },
    isDisabled(functionName) {
      const spellings = [".", "__", "_"].map((separator) => ["AzureWebJobs", functionName, "Disabled"].join(separator));
      const value = spellings.map(get).find((found) => found !== undefined);
      return value !== undefined && ["1", "true"].includes(value.toLowerCase());
    },
  };
}

/** `A:B` and `A__B` are the same key. */
function canonical(name: string): string {
  return name.toLowerCase().replaceAll("__", ":");
}
