/** How a client signs in. */
export const METHODS = ["oauth", "key"] as const;
export type Method = (typeof METHODS)[number];

/** Where it runs: decides paths and shells. Windows means PowerShell. */
export const SYSTEMS = ["macos", "linux", "windows"] as const;
export type System = (typeof SYSTEMS)[number];

export type Format =
  | "json"
  | "jsonc"
  | "json5"
  | "toml"
  | "yaml"
  | "sh"
  | "powershell"
  | "typescript"
  | "python"
  | "go"
  | "url";

/** What a snippet is made from. */
export type SnippetInput = {
  /** Address of the MCP server, path included: `http://localhost:3000/mcp`. */
  mcpUrl: string;
  /** Where `/v1` lives, a bare origin. */
  apiUrl: string;
  /** The key itself, where one is at hand; else {@link SAMPLE_KEY} stands in its place. */
  key?: string | undefined;
  system: System;
};

/** Text that makes a client talk to this server. */
export type Snippet = {
  /** `file`: goes into `path`; `command`: runs in a terminal; `code`: is part of a program; `form`: typed into a page of the client. */
  kind: "file" | "command" | "code" | "form";
  /** The file, as people of the chosen system write it. */
  path?: string;
  format: Format;
  text: string;
  /** Puts the key into the environment variable that `text` names; absent where `text` holds the key itself or needs none. */
  environment?: { format: "sh" | "powershell"; text: string };
  /** The key, where the client asks for it later and keeps it itself. */
  askedFor?: string;
  /** One click that does the same. Never holds a key: addresses end up in histories and logs. */
  deepLink?: { label: string; url: string };
  /** What to do first. */
  before?: string;
  /** What to do next, so that the client connects. */
  after?: string;
  /** What the client cannot do, or does otherwise than one would think. */
  notes: string[];
};

/** Why there is no snippet, and what to do instead. */
export type Refusal = { kind: "none"; reason: string };

/** Stands where a key belongs while there is none. */
export const SAMPLE_KEY = "psy_your_key_here";

export const KEY_VARIABLE = "PENSYVE_API_KEY";

/** The key, or what stands for it. */
export function keyOf(input: SnippetInput): string {
  return input.key ?? SAMPLE_KEY;
}
