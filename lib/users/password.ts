import crypto from "node:crypto";
import { DomainError } from "#lib/errors.ts";
import { isCommonPassword } from "./common-password.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "./schemas.ts";

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. About 30 ms of one core. */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** What an unknown account is compared with, so that it costs the same work. No password matches a tag of zeros. */
const NOBODY = phc(PARAMETERS, Buffer.alloc(SALT_BYTES), Buffer.alloc(TAG_BYTES));

/**
 * Checks a new password (NIST SP 800-63B-4 section 3.1.1.2, SIG-08): 15 to 256 characters after NFC, counted as code points;
 * no rule about which characters; not a common one, nor the account's own name.
 * @throws DomainError 'password_too_short' (with `details.missing`), 'password_too_long', 'password_too_common'
 */
export function checkNewPassword(password: string, own: readonly string[] = []): void {
  const length = [...password.normalize("NFC")].length;
  if (length < PASSWORD_MIN) {
    throw new DomainError("password_too_short", { details: { field: "newPassword", missing: PASSWORD_MIN - length } });
  }
  if (length > PASSWORD_MAX) throw new DomainError("password_too_long", { details: { field: "newPassword" } });
  if (isCommonPassword(password, own))
    throw new DomainError("password_too_common", { details: { field: "newPassword" } });
}

/** Argon2id (RFC 9106) over the NFC form, with a new salt. @returns a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES);
  return phc(PARAMETERS, salt, await derive(password, salt, PARAMETERS));
}

/**
 * Whether `password` is the one that was hashed. `undefined` (no such account, or one without a password) costs the same
 * single derivation and is false: neither answer nor time tells whether an account exists.
 * @throws Error when `stored` is not a PHC string of argon2id, which only a defect can cause.
 */
export async function verifyPassword(password: string, stored: string | undefined | null): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(stored ?? NOBODY) ?? [];
  if (!salt || !tag) throw new Error("A stored password hash is not an argon2id PHC string.");
  const expected = Buffer.from(tag, "base64");
  const parameters = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const actual = await derive(password, Buffer.from(salt, "base64"), parameters, expected.length);
  return crypto.timingSafeEqual(actual, expected) && stored != null;
}

type Parameters = { memory: number; passes: number; parallelism: number };

function derive(password: string, nonce: Buffer, parameters: Parameters, tagLength = TAG_BYTES): Promise<Buffer> {
  const message = password.normalize("NFC");
  return new Promise((resolve, reject) => {
    crypto.argon2("argon2id", { message, nonce, tagLength, ...parameters }, (error, tag) => {
      if (error) reject(error);
      else resolve(Buffer.from(tag));
    });
  });
}

function phc({ memory, passes, parallelism }: Parameters, salt: Buffer, tag: Buffer): string {
  const unpadded = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}
