import { recordAudit } from "#lib/audit/record-audit.ts";
import { db, inTransaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { generateKey, shownPrefix } from "#lib/keys/key-format.ts";
import { keyHash } from "#lib/keys/key-hash.ts";
import type { Scope } from "#lib/scopes.ts";
import { startSession } from "#lib/sessions/start-session.ts";
import { createUser } from "#lib/users/create-user.ts";
import { withDatabase } from "../cli/with-database.ts";

// Run as a program beside a server, with the server's environment: fills its database with one person and, unless told
// "empty", with keys in every state. Arguments: "full" or "empty", the e-mail. Prints one JSON document.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Seeded = { email: string; password: string; session: string; keys: Record<string, string> };

type Seed = {
  label: string;
  name: string;
  prefix: string;
  scope: Scope;
  createdAgo: number;
  usedAgo?: number;
  expiresIn?: number;
  rotatedAgo?: number;
  graceEndsIn?: number;
  revokedAgo?: number;
  predecessor?: string;
};

const CLIENTS = ["claude-code/2.1.330", "python-httpx/0.28", "curl/8.9"];

const KEYS: readonly Seed[] = [
  {
    label: "revoked",
    name: "old laptop",
    prefix: "psy_2rTb",
    scope: "mcp",
    createdAgo: 266 * DAY,
    usedAgo: 26 * DAY,
    revokedAgo: 25 * DAY,
  },
  {
    label: "expired",
    name: "hackathon",
    prefix: "psy_L9xe",
    scope: "mcp:read",
    createdAgo: 139 * DAY,
    usedAgo: 110 * DAY,
    expiresIn: -109 * DAY,
  },
  {
    label: "expiring",
    name: "notes-importer",
    prefix: "psy_4hVn",
    scope: "mcp:write",
    createdAgo: 84 * DAY,
    usedAgo: 26 * HOUR,
    expiresIn: 6 * DAY + 2 * HOUR,
  },
  {
    label: "reader",
    name: "ci-recall",
    prefix: "psy_Qm71",
    scope: "mcp:read",
    createdAgo: 80 * DAY,
    usedAgo: 38 * MINUTE,
    expiresIn: 70 * DAY,
  },
  {
    label: "old",
    name: "staging-agent",
    prefix: "psy_c0Zt",
    scope: "mcp",
    createdAgo: 79 * DAY,
    usedAgo: 38 * MINUTE,
    rotatedAgo: 8 * HOUR + 48 * MINUTE,
    graceEndsIn: 15 * HOUR + 12 * MINUTE + 30_000,
  },
  {
    label: "new",
    name: "staging-agent",
    prefix: "psy_Yw3d",
    scope: "mcp",
    createdAgo: 8 * HOUR + 48 * MINUTE,
    usedAgo: MINUTE,
    predecessor: "old",
  },
  {
    label: "laptop",
    name: "Claude Code, laptop",
    prefix: "psy_8fK2",
    scope: "mcp",
    createdAgo: 8 * HOUR,
    usedAgo: 4 * MINUTE,
  },
];

const SIGHTINGS: readonly [label: string, client: string, address: string, firstAgo: number, lastAgo: number][] = [
  ["laptop", "claude-code/2.1.330", "203.0.113.7", 7 * HOUR, 4 * MINUTE],
  ["laptop", "python-httpx/0.28", "198.51.100.24", 6 * HOUR, 2 * HOUR],
  ["laptop", "curl/8.9", "203.0.113.7", 6 * HOUR, 3 * HOUR],
  ["old", "python-httpx/0.28", "198.51.100.24", 60 * DAY, 38 * MINUTE],
  ["old", "claude-code/2.1.330", "203.0.113.7", 60 * DAY, 8 * HOUR],
  ["old", "curl/8.9", "203.0.113.7", 50 * DAY, 4 * HOUR],
  ["old", "go-http-client/2.0", "192.0.2.41", 50 * DAY, 2 * DAY],
  ["new", "claude-code/2.1.330", "203.0.113.7", 8 * HOUR, MINUTE],
  ["new", "curl/8.9", "203.0.113.7", 80 * MINUTE, 33 * MINUTE],
  ["reader", "curl/8.9", "203.0.113.7", 50 * DAY, 38 * MINUTE],
];

async function seed(kind: string, email: string): Promise<Seeded> {
  const now = new Date();
  const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds);
  const password = `seeded ${newId()} password`;
  const user = await createUser({ email, password, name: "Maya Okafor", isAdministrator: true });
  const keys: Record<string, string> = {};
  for (const row of kind === "empty" ? [] : KEYS) {
    const id = newId();
    keys[row.label] = id;
    const plaintext = generateKey();
    await db().apiKey.create({
      data: {
        id,
        userId: user.id,
        name: row.name,
        hash: keyHash(plaintext),
        prefix: row.prefix.slice(0, shownPrefix(plaintext).length),
        scope: row.scope,
        createdAt: ago(row.createdAgo),
        lastUsedAt: row.usedAgo === undefined ? null : ago(row.usedAgo),
        lastUsedClient: row.usedAgo === undefined ? null : (CLIENTS[0] ?? null),
        expiresAt: row.expiresIn === undefined ? null : ago(-row.expiresIn),
        rotatedAt: row.rotatedAgo === undefined ? null : ago(row.rotatedAgo),
        graceEndsAt: row.graceEndsIn === undefined ? null : ago(-row.graceEndsIn),
        revokedAt: row.revokedAgo === undefined ? null : ago(row.revokedAgo),
        revokedBy: row.revokedAgo === undefined ? null : "user",
        predecessorId: row.predecessor === undefined ? null : (keys[row.predecessor] ?? null),
      },
    });
  }
  for (const [label, client, address, firstAgo, lastAgo] of kind === "empty" ? [] : SIGHTINGS) {
    await db().keySighting.create({
      data: {
        keyId: keys[label] ?? "",
        client,
        address,
        firstSeenAt: ago(firstAgo),
        lastSeenAt: ago(lastAgo),
        requests: 100,
      },
    });
  }
  const session = await inTransaction(async (tx) => {
    const actor = { kind: "user", userId: user.id, isAdministrator: true } as const;
    const target = (label: string) => ({ type: "key", id: keys[label] ?? "", name: "staging-agent" }) as const;
    if (kind !== "empty") {
      const renamed = { action: "key.renamed", target: target("new"), details: { from: "stage" } } as const;
      await recordAudit(tx, actor, { action: "key.created", target: target("new") }, ago(79 * DAY));
      await recordAudit(tx, actor, renamed, ago(21 * DAY));
      await db().usageBucket.create({
        data: {
          userId: user.id,
          credentialId: keys["new"] ?? "",
          operation: "recall",
          hour: ago(HOUR),
          requests: 1954,
          refused: 3,
        },
      });
    }
    return await startSession(tx, user.id, { address: "203.0.113.7" }, now);
  });
  return { email, password, session: session.token, keys };
}

process.stdout.write(
  `${JSON.stringify(await withDatabase(() => seed(process.argv[2] ?? "full", process.argv[3] ?? "maya@example.org")))}\n`,
);
