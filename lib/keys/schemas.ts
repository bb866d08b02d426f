import { z } from "zod";
import { SCOPES } from "../scopes.ts";

const DAY_SECONDS = 86_400;
export const GRACE_DEFAULT_SECONDS = DAY_SECONDS;
export const GRACE_MAX_SECONDS = 7 * DAY_SECONDS;
const NAME_MAX = 64;
/** Control, bidi and zero-width characters: they let a name pretend to be another. */
const INVISIBLE = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff]/gu;
const LONE_SURROGATE = /\p{Cs}/gu;

/** A name as it is stored: NFC, invisible characters out, spaces collapsed; 1 to 64 characters. */
export const keyNameSchema = z
  .string()
  .transform((name) =>
    name.normalize("NFC").replace(LONE_SURROGATE, "").replace(INVISIBLE, " ").replace(/\s+/g, " ").trim(),
  )
  .refine((name) => name.length > 0, "Give the key a name, so that you find it again.")
  .refine((name) => [...name].length <= NAME_MAX, "Use at most 64 characters.");

export const keyIdSchema = z.uuid("No such key. Reload the list of keys.");

/** The expiry rule: never; so many days after each creation or rotation; or a fixed date. */
export const expirySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("never") }),
  z.object({
    kind: z.literal("lifetime"),
    seconds: z
      .int()
      .min(60)
      .max(10 * 365 * DAY_SECONDS),
  }),
  z.object({
    kind: z.literal("date"),
    at: z.coerce.date("Choose a day after today."),
  }),
]);
export type Expiry = z.infer<typeof expirySchema>;

const idempotencyKey = z.string().min(8).max(100).optional();

export const createKeySchema = z.object({
  name: keyNameSchema,
  scope: z.enum(SCOPES),
  expiry: expirySchema,
  /** The same value never makes a second key; see createKey. */
  idempotencyKey,
});
export type CreateKeyInput = z.infer<typeof createKeySchema>;

/** Whole seconds from 0 to 7 days. NaN, fractions, negatives and text are refused, not corrected. */
export const gracePeriodSchema = z
  .int("Choose 0 to 168 hours.")
  .min(0, "Choose 0 to 168 hours.")
  .max(GRACE_MAX_SECONDS, "Choose 0 to 168 hours.");

export const rotateKeySchema = z.object({
  keyId: keyIdSchema,
  gracePeriodSeconds: gracePeriodSchema.default(GRACE_DEFAULT_SECONDS),
  idempotencyKey,
});
export type RotateKeyInput = z.infer<typeof rotateKeySchema>;

export const renameKeySchema = z.object({ keyId: keyIdSchema, name: keyNameSchema });
export type RenameKeyInput = z.infer<typeof renameKeySchema>;

/** `typedName` is compared when the key was used within 24 hours, on the server too. */
export const revokeKeySchema = z.object({ keyId: keyIdSchema, typedName: z.string().max(200).optional() });
export type RevokeKeyInput = z.infer<typeof revokeKeySchema>;

export const endGraceSchema = z.object({ keyId: keyIdSchema });
export type EndGraceInput = z.infer<typeof endGraceSchema>;

/** `until`: at most 7 days from now, never past the key's own expiry. */
export const moveGraceSchema = z.object({ keyId: keyIdSchema, until: z.coerce.date("Choose 0 to 168 hours.") });
export type MoveGraceInput = z.infer<typeof moveGraceSchema>;

export const readKeyUseSchema = z.object({ keyId: keyIdSchema });
export type ReadKeyUseInput = z.infer<typeof readKeyUseSchema>;

export const KEY_FILTERS = ["all", "in_use", "ended"] as const;
export const KEY_SORTS = ["created", "last_used"] as const;
export const listKeysSchema = z.object({
  query: z.string().max(100).default(""),
  filter: z.enum(KEY_FILTERS).default("all"),
  sort: z.enum(KEY_SORTS).default("created"),
  order: z.enum(["asc", "desc"]).default("desc"),
  /** Opaque; from the previous answer. */
  cursor: z.string().max(200).optional(),
});
export type ListKeysInput = z.infer<typeof listKeysSchema>;

export const importKeySchema = z.object({
  name: keyNameSchema,
  /** SHA-256 of the whole key, in hexadecimal. */
  sha256: z.string().regex(/^[0-9a-fA-F]{64}$/, "Give the SHA-256 of the key as 64 hexadecimal digits."),
  scope: z.enum(SCOPES),
  expiresAt: z.coerce.date().optional(),
});
export type ImportKeyInput = z.infer<typeof importKeySchema>;
