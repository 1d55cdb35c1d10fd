/** Without these a process cannot find programs, its home or a place for temporary files. */
const inheritedNames = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "SystemRoot", "USERPROFILE"];

/** What a function app's platform sets by itself. */
const platformSettings: Readonly<Record<string, string>> = {
  FUNCTIONS_WORKER_RUNTIME: "node",
  FUNCTIONS_EXTENSION_VERSION: "~4",
  AZURE_FUNCTIONS_ENVIRONMENT: "Development",
};

/** An app's environment: its settings, and of this process only what every program needs. */
export function processEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = inheritedNames.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...platformSettings, ...settings };
}
