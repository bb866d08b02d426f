import { cleanName } from "#lib/foreign-text.ts";
import { isSharedClientId } from "../registration/registration-request.ts";
import { mixesAlphabets, nameSkeleton } from "./name-skeleton.ts";

/** How far a client's name can be believed. */
export type Trust = "verified" | "server" | "unverified";

/** Who asks, as the consent page and the list of apps say it. */
export type ClientFacts = {
  id: string;
  /** Cleaned for display: nothing invisible, no double quotes, one line, at most 64 characters. */
  name: string;
  /** Host of the client's metadata document; null for other clients. */
  host: string | null;
  /** `verified`: its document was fetched from `host`. `server`: added by the operator. `unverified`: it says so itself. */
  trust: Trust;
  /** The name mixes alphabets, or is that of a known product of another host (ui.md section 9). */
  isLookAlike: boolean;
  /** Many programs may ask in its name, of many makers: those that registered themselves in the same words, without a secret. */
  isShared: boolean;
  /** Nobody but the app itself says that it is called so: not the operator, and not the host of a product that people know. */
  isSelfNamed: boolean;
  /** Host with port, or the scheme without its colon. */
  redirectHost: string;
  /** Where the answer goes: a web page, this computer, or the app that opens a scheme. */
  redirectKind: "web" | "loopback" | "scheme";
};

const TRUST = { document: "verified", preregistered: "server", registered: "unverified" } as const;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
/** Where the answer to a device code goes: to no browser, since the device fetches it. */
export const DEVICE_REDIRECT = "device:";
/** Names that people know, in small letters without spaces, and whose hosts may carry them. */
const KNOWN_NAMES = [
  { names: ["claude"], hosts: ["claude.ai", "claude.com", "anthropic.com"] },
  { names: ["chatgpt", "openai", "codex"], hosts: ["chatgpt.com", "openai.com"] },
  { names: ["cursor"], hosts: ["cursor.com", "www.cursor.com"] },
  { names: ["visualstudiocode", "vscode"], hosts: ["vscode.dev", "insiders.vscode.dev", "microsoft.com"] },
  { names: ["gemini"], hosts: ["google.com", "geminicli.com"] },
  { names: ["opencode"], hosts: ["opencode.ai"] },
  { names: ["pensyve"], hosts: [] },
].flatMap(({ names, hosts }) => names.map((name) => ({ name, skeleton: nameSkeleton(name), hosts })));

/** The facts of a client. Its kind `document`: its id is the address of its metadata document. */
export function clientFacts(
  client: { id: string; name: string | undefined; kind: "document" | "preregistered" | "registered" },
  redirectUri: string,
): ClientFacts {
  const host = client.kind === "document" ? new URL(client.id).host : null;
  const name = cleanName(client.name ?? "") || (host ?? "An app without a name");
  const trust = TRUST[client.kind];
  const redirect = redirectFacts(redirectUri);
  const isLookAlike = trust !== "server" && looksAlike(name, host ?? answeringHost(redirectUri));
  const isKnown = host !== null && KNOWN_NAMES.some(({ hosts }) => isUnder(hosts, host));
  const isSelfNamed = trust !== "server" && (isLookAlike || !isKnown);
  const isShared = trust === "unverified" && isSharedClientId(client.id);
  return { id: client.id, name, host, trust, isLookAlike, isShared, isSelfNamed, ...redirect };
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
 * Who answers for a client without a document: where the answer goes; "" when any device may fetch it; null when that is a program on
 * this computer, which may well be the product that it names.
 */
function answeringHost(redirectUri: string): string | null {
  if (redirectUri === DEVICE_REDIRECT) return "";
  const { redirectHost, redirectKind } = redirectFacts(redirectUri);
  return redirectKind === "web" ? redirectHost : null;
}

/**
 * Alphabets mixed; a known product's name at another host; or one that only looks like it, which no product would call itself, at any
 * host but the product's. `host`: who answers for the client, null when that is a program on this computer.
 */
export function looksAlike(name: string, host: string | null): boolean {
  if (mixesAlphabets(name)) return true;
  const spelled = name.toLowerCase().replace(/[\s\p{P}\p{S}]/gu, "");
  const skeleton = nameSkeleton(name);
  return KNOWN_NAMES.some((known) => {
    const isSpelled = spelled.includes(known.name);
    const isSeen =
      isSpelled || [skeleton, skeleton.replaceAll("rn", "m")].some((seen) => seen.includes(known.skeleton));
    return isSeen && (host === null ? !isSpelled : !isUnder(known.hosts, host));
  });
}

function isUnder(domains: readonly string[], host: string): boolean {
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
