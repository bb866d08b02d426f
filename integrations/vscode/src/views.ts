import type {
  Account,
  Inspected,
  InspectedEvent,
  InspectedFact,
  RecalledMemory,
  Stats,
} from "../../../sdk/typescript/src/index.ts";

export type MemoryItem = { label: string; description: string; detail: string; content: string };

const LABEL_MAX = 120;
const REASONS = { matches: "matches", like: "like it", recent: "recent" } as const;

/** One line of the list of what was found. */
export function memoryItem({ content, memoryType, confidence, reason, namespace }: RecalledMemory): MemoryItem {
  const line = content.replace(/\s+/g, " ").trim();
  return {
    label: line.length > LABEL_MAX ? `${line.slice(0, LABEL_MAX - 1)}…` : line,
    description: REASONS[reason],
    detail: [memoryType, `${Math.round(confidence * 100)} % sure`, namespace].join(" · "),
    content,
  };
}

/** What is known about one entity, as a document. What is stored is shown as text: it never becomes a link or a picture. */
export function inspectDocument({ entity, semantic, episodic }: Inspected): string {
  const lines = [`# ${asText(entity)}`, ""];
  if (semantic.length + episodic.length === 0) {
    return [...lines, "Nothing is known. Names must match exactly; “Pensyve: Recall” searches by words.", ""].join(
      "\n",
    );
  }
  const section = (title: string, entries: string[]) =>
    entries.length === 0 ? [] : [`## ${title}`, "", ...entries, ""];
  return [...lines, ...section("Facts", semantic.map(factLine)), ...section("Events", episodic.map(eventLine))].join(
    "\n",
  );
}

export type StatusFacts = { server: string; account: Account; stats: Stats };

/** Who is signed in where, what that allows, and how much there is, as a document. */
export function statusDocument({ server, account, stats }: StatusFacts): string {
  const { credential, scope, limits, usage } = account;
  const signIn =
    credential.kind === "api_key" ? `API key ${credential.prefix}…, “${asText(credential.name)}”` : "OAuth";
  const rows: [string, string][] = [
    ["Server", server],
    ["Signed in with", signIn],
    ["Allowed", SCOPE_WORDS[scope] ?? scope],
    ["Memories", `${stats.total} about ${stats.entities} ${stats.entities === 1 ? "entity" : "entities"}`],
    ["Requests this month", `${usage.requests}, ${usage.refused} refused`],
    ["Limit", `${limits.requestsPerMinute} requests a minute`],
    ["Dashboard", account.dashboardUrl],
  ];
  const table = rows.map(([name, value]) => `| ${name} | ${value} |`);
  return ["# Pensyve is connected", "", "| | |", "|---|---|", ...table, ""].join("\n");
}

const SCOPE_WORDS: Record<string, string> = {
  mcp: "everything (`mcp`)",
  "mcp:read": "finding and looking at memories (`mcp:read`)",
  "mcp:write": "storing and forgetting (`mcp:write`)",
};

function factLine({ content, confidence, validAt }: InspectedFact): string {
  return `- ${asText(content)} (${Math.round(confidence * 100)} % sure, ${day(validAt)})`;
}

function eventLine({ content, eventTime, timestamp }: InspectedEvent): string {
  return `- ${day(eventTime ?? timestamp)}: ${asText(content)}`;
}

function day(instant: string): string {
  return instant.slice(0, 10);
}

/** On one line, with what Markdown would read as its own made harmless. */
function asText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]()<>#!|~:@]/g, "\\$&");
}
