import { existsSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import type { Env } from "#lib/env.ts";
import { openKey } from "#lib/oauth/signing/sealed-key.ts";
import { type Check, fail, ok, warn } from "./check.ts";

const NAME = "signing keys";
const DAY_MS = 86_400_000;
/** Authorization servers look each hour whether a key is due. */
const LATE_DAYS = 1;

type Row = { kid: string; privateJwk: Buffer; createdAt: Date; signsFrom: Date };

/** Whether there is one key that signs access tokens, SECRET opens it and those that verify, and it is as young as it should be. */
export async function checkSigningKeys(client: pg.Client, environment: Env, now = new Date()): Promise<Check[]> {
  const { rows: tables } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('signing_keys') IS NOT NULL AS exists",
  );
  if (!tables[0]?.exists) return [];
  const { rows: keys } = await client.query<Row>(
    `SELECT kid, private_jwk AS "privateJwk", created_at AS "createdAt", signs_from AS "signsFrom"
     FROM signing_keys WHERE retires_at IS NULL OR retires_at > $1 ORDER BY signs_from DESC, created_at DESC, kid DESC`,
    [now],
  );
  if (keys.length === 0) return [warn(NAME, "There is none yet: the first start of an authorization server makes it.")];
  const current = keys.find(({ signsFrom }) => signsFrom <= now);
  if (!current) {
    const message = `None may sign before ${keys.at(-1)?.signsFrom.toISOString()}: a clock is wrong. Run NTP on all machines.`;
    return [fail(NAME, message)];
  }
  return [unreadable(keys, environment) ?? old(keys, environment, now) ?? ok(NAME, described(current, keys.length))];
}

/** A gateway on its own has no SECRET, and a secret that is not there yet is not made by looking. */
function unreadable(keys: readonly Row[], environment: Env): Check | undefined {
  const { roles, secret, dataDir } = environment;
  if (!roles.has("web") || !(secret || existsSync(join(dataDir, "secret")))) return undefined;
  const opened = keys.map(({ kid, privateJwk }) => ({ kid, key: openKey(privateJwk, kid, environment) }));
  const closed = opened.filter(({ key }) => key === undefined).map(({ kid }) => kid);
  if (closed.length > 0) {
    return fail(
      NAME,
      `SECRET does not open ${closed.join(", ")}: no authorization server starts. Set the one that made it, or name that in SECRET_PREVIOUS. If it is lost: signing-key rotate --now --discard-unreadable.`,
    );
  }
  if (opened.every(({ key }) => key?.sealedWith === "SECRET")) return undefined;
  return warn(
    NAME,
    "SECRET_PREVIOUS is still needed: the next start of an authorization server encrypts under SECRET.",
  );
}

function old(keys: readonly Row[], { signingKeyDays }: Env, now: Date): Check | undefined {
  const newest = Math.max(...keys.map(({ createdAt }) => createdAt.getTime()));
  const days = Math.floor((now.getTime() - newest) / DAY_MS);
  if (signingKeyDays === 0 || days < signingKeyDays + LATE_DAYS) return undefined;
  return warn(
    NAME,
    `The newest is ${days} days old, and SIGNING_KEY_DAYS is ${signingKeyDays}: no authorization server has run since it was due. Start one, or: signing-key rotate.`,
  );
}

function described({ kid, signsFrom }: Row, count: number): string {
  const others = count === 1 ? "" : `; ${count - 1} more published`;
  return `${kid} signs since ${signsFrom.toISOString()}${others}.`;
}
