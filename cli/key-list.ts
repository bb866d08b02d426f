import { commandLineActor } from "#lib/audit/actor.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import { listKeys } from "#lib/keys/list-keys.ts";
import { listKeysSchema } from "#lib/keys/schemas.ts";
import { findUserByEmail } from "#lib/users/find-user-by-email.ts";
import { listUsers } from "#lib/users/list-users.ts";
import { table } from "./table.ts";
import { defineVerb } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

type ListedKey = KeyView & { email: string };

export const keyList = defineVerb({
  usage: "key list [--email E]",
  summary: "Lists keys with their states, newest first; of all accounts, or of one.",
  options: { email: { type: "string" } },
  run: async ({ values }) => {
    const keys = await withDatabase(async () => {
      const users = values.email === undefined ? await listUsers() : [await findUserByEmail(values.email)];
      const found: ListedKey[] = [];
      for (const user of users) found.push(...(await allKeys(user)));
      return found;
    });
    const head = ["ID", "ACCOUNT", "NAME", "PREFIX", "SCOPE", "STATE", "WORKS UNTIL", "LAST USED"];
    return { json: keys, text: keys.length > 0 ? table(head, keys.map(row)) : "No keys yet. Make one: key create" };
  },
});

async function allKeys(user: { id: string; email: string }): Promise<ListedKey[]> {
  const actor = commandLineActor(user.id);
  const keys: ListedKey[] = [];
  let cursor: string | undefined;
  do {
    const page = await listKeys(actor, listKeysSchema.parse({ cursor }));
    keys.push(...page.keys.map((key) => ({ ...key, email: user.email })));
    cursor = page.nextCursor;
  } while (cursor);
  return keys;
}

function row(key: ListedKey): string[] {
  return [
    key.id,
    key.email,
    key.name,
    key.prefix ?? "(imported)",
    key.scope,
    key.state,
    key.revokedAt ? "" : (key.worksUntil?.toISOString() ?? "it is revoked"),
    key.lastUsedAt?.toISOString() ?? "never",
  ];
}
