import { cleanText } from "#lib/foreign-text.ts";

/** How far a client's name can be believed. */
export type Trust = "verified" | "server" | "unverified";

/** Who asks, as the consent page and the list of apps say it. */
export type ClientFacts = {
  id: string;
  /** Cleaned for display: no control, bidi or zero-width characters, one line, at most 64 characters. */
  name: string;
  /** Host of the client's metadata document; null for other clients. */
  host: string | null;
  /** `verified`: its document was fetched from `host`. `server`: added by the operator. `unverified`: it says so itself. */
  trust: Trust;
  /** The name mixes alphabets, or is that of a known product of another host (ui.md section 9). */
  isLookAlike: boolean;
  /** Nobody but the app itself says that it is called so: not the operator, and not the host of a product that people know. */
  isSelfNamed: boolean;
  /** Host with port, or the scheme without its colon. */
  redirectHost: string;
  /** Where the answer goes: a web page, this computer, or the app that opens a scheme. */
  redirectKind: "web" | "loopback" | "scheme";
};

const TRUST = { document: "verified", preregistered: "server", registered: "unverified" } as const;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
/** Names that people know, and whose hosts may carry them. */
const KNOWN_NAMES: readonly { name: RegExp; hosts: readonly string[] }[] = [
  { name: /claude/i, hosts: ["claude.ai", "claude.com", "anthropic.com"] },
  { name: /chatgpt|openai|codex/i, hosts: ["chatgpt.com", "openai.com"] },
  { name: /cursor/i, hosts: ["cursor.com", "www.cursor.com"] },
  { name: /visual studio code|vs ?code/i, hosts: ["vscode.dev", "insiders.vscode.dev", "microsoft.com"] },
  { name: /gemini/i, hosts: ["google.com", "geminicli.com"] },
  { name: /opencode/i, hosts: ["opencode.ai"] },
  { name: /pensyve/i, hosts: [] },
];

/** The facts of a client. Its kind `document`: its id is the address of its metadata document. */
export function clientFacts(
  client: { id: string; name: string | undefined; kind: "document" | "preregistered" | "registered" },
  redirectUri: string,
): ClientFacts {
  const host = client.kind === "document" ? new URL(client.id).host : null;
  const name = cleanText(client.name ?? "") || (host ?? "An app without a name");
  const trust = TRUST[client.kind];
  const redirect = redirectFacts(redirectUri);
  const isLookAlike =
    trust !== "server" && looksAlike(name, host ?? (redirect.redirectKind === "web" ? redirect.redirectHost : null));
  const isKnown = host !== null && KNOWN_NAMES.some(({ hosts }) => isUnder(hosts, host));
  const isSelfNamed = trust !== "server" && (isLookAlike || !isKnown);
  return { id: client.id, name, host, trust, isLookAlike, isSelfNamed, ...redirect };
}

/** Where an answer to `redirectUri` goes. */
export function redirectFacts(redirectUri: string): Pick<ClientFacts, "redirectHost" | "redirectKind"> {
  const url = new URL(redirectUri);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return { redirectHost: url.protocol.slice(0, -1), redirectKind: "scheme" };
  }
  return { redirectHost: url.host, redirectKind: LOOPBACK.includes(url.hostname) ? "loopback" : "web" };
}

/**
 * Latin mixed with Cyrillic, Greek or Armenian; or a known product's name at another host. `host`: who answers for the client, its
 * document's or where the answer goes; null when that is a program on this computer, which may well be the product.
 */
export function looksAlike(name: string, host: string | null): boolean {
  if (/\p{Script=Latin}/u.test(name) && /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u.test(name))
    return true;
  return host !== null && KNOWN_NAMES.some((known) => known.name.test(name) && !isUnder(known.hosts, host));
}

function isUnder(domains: readonly string[], host: string): boolean {
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
