import { commandLineActor } from "#lib/audit/actor.ts";
import { createKey } from "#lib/keys/create-key.ts";
import { createKeySchema } from "#lib/keys/schemas.ts";
import { SCOPES } from "#lib/scopes.ts";
import { findUserByEmail } from "#lib/users/find-user-by-email.ts";
import { checked } from "./checked.ts";
import { durationSeconds } from "./duration.ts";
import { newKeyFields, newKeyText } from "./new-key.ts";
import { defineVerb, required, UsageError } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = `key create --email E --name N --scope ${SCOPES.join("|")} [--expires-in 30d | --expires-at 2027-01-31T00:00:00Z]`;

export const keyCreate = defineVerb({
  usage,
  summary: "Makes a key for an account and prints it, once. Without an expiry it works until it is revoked.",
  options: {
    email: { type: "string" },
    name: { type: "string" },
    scope: { type: "string" },
    "expires-in": { type: "string" },
    "expires-at": { type: "string" },
  },
  run: async ({ values }) => {
    const email = required(values.email, "--email", usage);
    const given = {
      name: required(values.name, "--name", usage),
      scope: required(values.scope, "--scope", usage),
      expiry: expiryOf(values["expires-in"], values["expires-at"]),
    };
    const options = {
      name: "--name",
      scope: `--scope is one of ${SCOPES.join(", ")}`,
      expiry: "--expires-in or --expires-at",
    };
    const input = checked(createKeySchema, given, options);
    const created = await withDatabase(async () => {
      const user = await findUserByEmail(email);
      return await createKey(commandLineActor(user.id), input);
    });
    return { json: newKeyFields(created), text: newKeyText(created) };
  },
});

function expiryOf(lifetime: string | undefined, date: string | undefined): unknown {
  if (lifetime !== undefined && date !== undefined) {
    throw new UsageError("--expires-in and --expires-at exclude each other. Give one of them.");
  }
  if (lifetime !== undefined) return { kind: "lifetime", seconds: durationSeconds(lifetime, "--expires-in") };
  return date === undefined ? { kind: "never" } : { kind: "date", at: date };
}
