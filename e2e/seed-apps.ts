import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { findUserByEmail } from "#lib/users/find-user-by-email.ts";
import { withDatabase } from "../cli/with-database.ts";

// Run as a program beside a server, with the server's environment: gives a person connected apps. Arguments: the e-mail, and "many"
// for a product with more installations than the page shows at once. Prints the ids of the grants by label, as JSON.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15";
const LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
const CLAUDE = {
  clientId: "https://claude.ai/c",
  clientName: "Claude Code",
  clientHost: "claude.ai",
  trust: "verified",
};
const CURSOR = { clientId: "https://cursor.com/c", clientName: "Cursor", clientHost: "cursor.com", trust: "verified" };
const VS_CODE = { clientId: "pensyve-vscode", clientName: "Pensyve for VS Code", clientHost: null, trust: "server" };
const HELPER = { clientId: "psc_helper", clientName: "Memory Helper", clientHost: null, trust: "unverified" };
const REMOTE = { clientId: "psc_remote", clientName: "mcp-remote", clientHost: null, trust: "unverified" };

/** Ids of the grants by label. */
export type SeededApps = Record<string, string>;

type Seed = {
  label: string;
  client: typeof CLAUDE | typeof VS_CODE;
  scope: string;
  userAgent: string;
  address: string;
  connectedAgo: number;
  used?: { ago: number; client: string; address: string };
  withdrawnAgo?: number;
};

const claude = { ago: MINUTE, client: "claude-code/2.1.330", address: "203.0.113.7" };
const APPS: readonly Seed[] = [
  {
    label: "remote",
    client: REMOTE,
    scope: "mcp",
    userAgent: LINUX,
    address: "192.0.2.41",
    connectedAgo: 30 * DAY,
    withdrawnAgo: 12 * DAY,
  },
  {
    label: "helper",
    client: HELPER,
    scope: "mcp:read",
    userAgent: LINUX,
    address: "192.0.2.88",
    connectedAgo: 3 * DAY + HOUR,
    used: { ago: 3 * DAY, client: "memhelper/0.1", address: "192.0.2.88" },
  },
  {
    label: "vscode",
    client: VS_CODE,
    scope: "mcp:read mcp:write",
    userAgent: MAC,
    address: "203.0.113.7",
    connectedAgo: 53 * DAY,
  },
  {
    label: "cursor",
    client: CURSOR,
    scope: "mcp:read",
    userAgent: MAC,
    address: "203.0.113.7",
    connectedAgo: 44 * DAY,
    used: { ago: 2 * HOUR, client: "cursor/3.1.0", address: "203.0.113.7" },
  },
  {
    label: "mac",
    client: CLAUDE,
    scope: "mcp",
    userAgent: MAC,
    address: "203.0.113.7",
    connectedAgo: 71 * DAY,
    used: claude,
  },
  {
    label: "linux",
    client: CLAUDE,
    scope: "mcp",
    userAgent: LINUX,
    address: "198.51.100.24",
    connectedAgo: 2 * DAY,
    used: { ...claude, ago: 26 * HOUR, address: "198.51.100.24" },
  },
];
const MANY: readonly Seed[] = Array.from({ length: 7 }, (_, index) => ({
  label: `many${index}`,
  client: { ...HELPER, clientName: `${"W".repeat(40)} ${"iiiii ".repeat(4)}`.trim() },
  scope: "mcp",
  userAgent: LINUX,
  address: "2001:db8:85a3:8d3:1319:8a2e:370:7348",
  connectedAgo: (7 - index) * DAY,
}));

async function seed(email: string, kind: string): Promise<SeededApps> {
  const now = Date.now();
  const ago = (milliseconds: number) => new Date(now - milliseconds);
  const { id: userId } = await findUserByEmail(email);
  const ids: SeededApps = {};
  for (const { label, client, scope, userAgent, address, connectedAgo, used, withdrawnAgo } of kind === "many"
    ? MANY
    : APPS) {
    const id = newId();
    ids[label] = id;
    await db().oAuthGrant.create({
      data: {
        id,
        userId,
        ...client,
        scope,
        userAgent,
        address,
        payload: {},
        createdAt: ago(connectedAgo),
        redeemedAt: ago(connectedAgo),
        expiresAt: new Date(now + 90 * DAY),
        firstUsedAt: used ? ago(connectedAgo - MINUTE) : null,
        lastUsedAt: used ? ago(used.ago) : null,
        lastUsedClient: used?.client ?? null,
        lastUsedAddress: used?.address ?? null,
        revokedAt: withdrawnAgo === undefined ? null : ago(withdrawnAgo),
        revokedBy: withdrawnAgo === undefined ? null : "user",
      },
    });
  }
  return ids;
}

const [email = "", kind = ""] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await withDatabase(() => seed(email, kind)))}\n`);
