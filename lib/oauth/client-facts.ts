/** Who asks, as the consent page and the list of apps say it. */
export type ClientFacts = {
  id: string;
  /** Cleaned for display: see {@link cleanName}. */
  name: string;
  /** Host of the client's metadata document; null for other clients. */
  host: string | null;
  /** `verified`: its document was fetched from `host`. `server`: added by the operator. `unverified`: it says so itself. */
  trust: "verified" | "server" | "unverified";
  redirectHost: string;
  /** Where the answer goes: a web page, this computer, or the app that opens a scheme. */
  redirectKind: "web" | "loopback" | "scheme";
};

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** A name that a client chose for itself: control, bidi and zero-width characters out, spaces collapsed, at most 64 characters. */
export function cleanName(name: string | undefined, fallback: string): string {
  const clean = (name ?? "").normalize("NFC").replace(INVISIBLE, "").replace(/\s+/g, " ").trim();
  return [...(clean || fallback)].slice(0, 64).join("");
}

/** Where an answer to `redirectUri` goes. */
export function redirectFacts(redirectUri: string): Pick<ClientFacts, "redirectHost" | "redirectKind"> {
  const url = new URL(redirectUri);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return { redirectHost: url.protocol.slice(0, -1), redirectKind: "scheme" };
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return { redirectHost: url.host, redirectKind: isLoopback ? "loopback" : "web" };
}
