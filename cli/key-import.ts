import { z } from "zod";
import { commandLineActor } from "#lib/audit/actor.ts";
import { DomainError, isDomainError } from "#lib/errors.ts";
import { importKey } from "#lib/keys/import-key.ts";
import { importKeySchema } from "#lib/keys/schemas.ts";
import { SCOPES } from "#lib/scopes.ts";
import { findUserByEmail } from "#lib/users/find-user-by-email.ts";
import { checked } from "./checked.ts";
import { readInputFile } from "./read-input.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { type Answer, defineVerb, required, UsageError } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = `key import --email E --name N --scope ${SCOPES.join("|")} --sha256 HEX [--expires-at 2027-01-31T00:00:00Z] | --file keys.json`;

const entrySchema = importKeySchema.extend({ email: z.string() });
type Entry = z.infer<typeof entrySchema>;
type ImportedKey = { id: string; email: string; name: string; scope: string; expiresAt: Date | null };

export const keyImport = defineVerb({
  usage,
  summary:
    'Takes over keys of another server by their SHA-256. A file holds [{"email", "name", "scope", "sha256", "expiresAt"?}, ...].',
  options: {
    email: { type: "string" },
    name: { type: "string" },
    scope: { type: "string" },
    sha256: { type: "string" },
    "expires-at": { type: "string" },
    file: { type: "string" },
  },
  run: async ({ values }, { folder }) => {
    const { file, ...one } = values;
    if (file !== undefined) {
      if (Object.keys(one).length > 0)
        throw new UsageError(`--file goes alone: each entry names its account. Write: ${usage}`);
      return await importMany(readEntries(await readInputFile(file, folder), file));
    }
    const given = {
      email: required(one.email, "--email", usage),
      name: required(one.name, "--name", usage),
      scope: required(one.scope, "--scope", usage),
      sha256: required(one.sha256, "--sha256", usage),
      expiresAt: one["expires-at"],
    };
    const options = {
      name: "--name",
      scope: `--scope is one of ${SCOPES.join(", ")}`,
      sha256: "--sha256",
      expiresAt: "--expires-at",
    };
    const entry = checked(entrySchema, given, options);
    const key = await withDatabase(() => importOne(entry));
    return {
      json: key,
      text: `Imported ${key.name} for ${key.email} (${key.id}), scope ${key.scope}. It works as it is.`,
    };
  },
});

/** One after the other. What is refused does not stop the rest; a second run of the same file refuses what is there already. */
async function importMany(entries: readonly Entry[]): Promise<Answer> {
  const imported: ImportedKey[] = [];
  const refused: (Refusal & { entry: number })[] = [];
  await withDatabase(async () => {
    for (const [index, entry] of entries.entries()) {
      try {
        imported.push(await importOne(entry));
      } catch (error) {
        if (!isDomainError(error)) throw error;
        refused.push({ entry: index + 1, ...refusalOf(error) });
      }
    }
  });
  const lines = refused.map(({ entry, message }) => `Entry ${entry}: ${message}`);
  return {
    json: { imported, refused },
    text: [`Imported ${imported.length} of ${entries.length} keys.`, ...lines].join("\n"),
    isFailure: refused.length > 0,
  };
}

async function importOne({ email, ...input }: Entry): Promise<ImportedKey> {
  const user = await findUserByEmail(email);
  if (input.expiresAt && input.expiresAt <= new Date()) {
    throw new DomainError("invalid_input", {
      message: "Its expiry is in the past, so it would never work. Nothing was imported.",
    });
  }
  const key = await importKey(commandLineActor(user.id), input);
  return { id: key.id, email: user.email, name: key.name, scope: key.scope, expiresAt: key.expiresAt };
}

/** Every entry is checked before the first is imported. */
function readEntries(text: string, file: string): Entry[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON. Write a list: [{"email", "name", "scope", "sha256"}].`);
  }
  if (!Array.isArray(entries))
    throw new UsageError(`${file} is not a list. Write: [{"email", "name", "scope", "sha256"}].`);
  return entries.map((entry, index) => {
    const named = (field: string) => `Entry ${index + 1}, ${field}`;
    const fields = ["email", "name", "scope", "sha256", "expiresAt"];
    return checked(entrySchema, entry, {
      "": `Entry ${index + 1}`,
      ...Object.fromEntries(fields.map((field) => [field, named(field)])),
    });
  });
}
