import { isDeepStrictEqual } from "node:util";
import { db } from "#lib/db.ts";
import { codeClientMetadata } from "./client-metadata.ts";

const LOOPBACK = ["http://127.0.0.1/callback", "http://localhost/callback", "http://[::1]/callback"];
/** The editors that run the extension, each under a scheme of its own. */
const EDITOR_SCHEMES = ["vscode", "vscode-insiders", "vscodium", "cursor", "windsurf"];

/**
 * Clients that are part of Pensyve: public, so that nothing of them has to be kept secret. On loopback any port matches. None has the
 * device grant: anybody can use their ids, and a code in the name of a client that the server vouches for is the best bait there is.
 */
const KNOWN_CLIENTS = [
  { id: "pensyve-claude-code", name: "Pensyve for Claude Code", redirectUris: LOOPBACK },
  {
    id: "pensyve-vscode",
    name: "Pensyve for VS Code",
    redirectUris: [...LOOPBACK, ...EDITOR_SCHEMES.map((scheme) => `${scheme}://pensyve.pensyve/callback`)],
  },
];

/** Whether this client is part of the server: it comes back at the next start. */
export function isKnownClient(id: string): boolean {
  return KNOWN_CLIENTS.some((client) => client.id === id);
}

/** Makes sure that the database has the clients that are part of this release, as this release describes them. Idempotent. */
export async function ensureKnownClients(): Promise<void> {
  for (const { id, name, redirectUris } of KNOWN_CLIENTS) {
    const metadata = codeClientMetadata({ name, redirectUris, method: "none", hasDeviceFlow: false });
    const facts = { kind: "preregistered", metadata, secretHash: null, isResourceServer: false };
    const stored = await db().oAuthClient.findUnique({ where: { id }, select: { metadata: true } });
    if (stored && isDeepStrictEqual(stored.metadata, metadata)) continue;
    await db().oAuthClient.upsert({ where: { id }, create: { id, ...facts }, update: facts });
  }
}
