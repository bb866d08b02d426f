import { KEY_VARIABLE, keyOf, type Snippet, type SnippetInput, type System } from "./snippet.ts";

/** Puts the key into its variable: for this terminal, on Windows also for every later one. */
export function keyVariable(input: SnippetInput): { format: "sh" | "powershell"; text: string } {
  return variables(input.system, { [KEY_VARIABLE]: keyOf(input) });
}

/** Sets environment variables. Their values must need no quoting beyond double quotes: keys and addresses do not. */
export function variables(
  system: System,
  values: Record<string, string>,
): { format: "sh" | "powershell"; text: string } {
  const entries = Object.entries(values);
  if (system !== "windows") {
    return { format: "sh", text: entries.map(([name, value]) => `export ${name}="${value}"`).join("\n") };
  }
  // setx is for processes that start later and $env: for this one; each alone leaves somebody without the variable.
  const lines = entries.flatMap(([name, value]) => [`setx ${name} "${value}"`, `$env:${name} = "${value}"`]);
  return { format: "powershell", text: lines.join("\n") };
}

/** The variable of the key, as the shell of a system reads it within double quotes. */
export function keyInShell(system: System): string {
  return system === "windows" ? `$env:${KEY_VARIABLE}` : `$${KEY_VARIABLE}`;
}

/** A command of several parts: on macOS and Linux one line each, on Windows one line, since PowerShell continues lines otherwise. */
export function command(system: System, parts: readonly string[]): string {
  return parts.join(system === "windows" ? " " : " \\\n  ");
}

/** A snippet for a terminal. */
export function terminal(
  system: System,
  text: string,
  more: Partial<Omit<Snippet, "kind" | "format" | "text">> = {},
): Snippet {
  return { kind: "command", format: system === "windows" ? "powershell" : "sh", text, notes: [], ...more };
}

/** A path below the home folder, as people of the system write it. */
export function homePath(system: System, path: string): string {
  return system === "windows" ? `%USERPROFILE%\\${path.replaceAll("/", "\\")}` : `~/${path}`;
}

const STARTED_FROM_A_TERMINAL =
  "An editor that was started from the Dock or a menu does not see variables of a terminal: start it from that terminal.";

/** The note for editors whose file names a variable. Windows keeps variables for every program that starts later. */
export function variableNotes({ system }: SnippetInput): string[] {
  return [
    system === "windows" ? "Restart the editor: a running one does not see new variables." : STARTED_FROM_A_TERMINAL,
  ];
}
