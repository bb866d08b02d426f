import type { Refusal, Snippet, SnippetInput } from "./snippet.ts";

/** A client that can be connected, with everything that pages and documents say about it. */
export type ClientEntry = {
  /** Part of addresses and file names; kebab-case, never changed. */
  id: string;
  /** The product's name as its makers write it. */
  label: string;
  group: "Assistants and editors" | "Command line" | "Frameworks" | "SDKs and REST";
  /** What it calls itself: words of its OAuth name or user agent, lower case. Empty: it sends no name of its own. */
  seenAs: readonly string[];
  /** The page that was read for this, and the day. Clients change: read it again when a snippet fails. */
  source: { url: string; checkedOn: string };
  /** How the configuration of the hosted service, closed in 2026, differed from what the client reads today. */
  formerly?: string;
  oauth: Recipe;
  key: Recipe;
};

/** Makes the snippet, or says why there is none. */
export type Recipe = ((input: SnippetInput) => Snippet) | Refusal;

/** For clients that speak no OAuth. */
export function noBrowser(label: string): Refusal {
  return { kind: "none", reason: `${label} cannot sign in through a browser. Use an API key.` };
}

/** For clients that have no place for a header. */
export function noKey(label: string): Refusal {
  return { kind: "none", reason: `${label} takes no API key. Use OAuth.` };
}

/** The note under a snippet that holds the key itself. */
export function pasteNote(label: string): string {
  return `${label} does not fill in variables. Paste the key and keep the file out of version control.`;
}
