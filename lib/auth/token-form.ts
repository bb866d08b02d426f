import { z } from "zod";

/** Both names of one algorithm, Ed25519 (RFC 8037 section 3.1, RFC 9864); nothing else, never `none`, never a shared secret. */
export const TOKEN_ALGORITHMS = ["EdDSA", "Ed25519"];
const KID_MAX = 128;

/** All that our tokens' headers hold. Strict: what names a key, or wants to be understood (`jwk`, `x5u`, `crit`), refuses the token. */
const header = z.strictObject({
  alg: z.string().refine((alg) => TOKEN_ALGORITHMS.includes(alg)),
  // RFC 9068 section 4: both spellings; an ID token has another type.
  typ: z.string().refine((typ) => /^(application\/)?at\+jwt$/i.test(typ)),
  kid: z.string().min(1).max(KID_MAX),
});

/**
 * Whether `value` could be an access token of ours: three parts, written as we write them, and the header of an access token. Costs
 * a few microseconds and no look-up, so that garbage is refused before anything is paid for it. Says nothing about the signature.
 */
export function hasTokenForm(value: string): boolean {
  const [first, second, signature, ...rest] = value.split(".");
  if (!first || !second || !signature || rest.length > 0) return false;
  const head = readPart(first);
  return (
    head !== undefined && header.safeParse(head).success && readPart(second) !== undefined && isCanonical(signature)
  );
}

/**
 * The JSON object of one part. Only what JSON.stringify would write: then no name stands twice (RFC 7519 section 4), and there is
 * one way to read it.
 */
function readPart(part: string): object | undefined {
  if (!isCanonical(part)) return undefined;
  const text = Buffer.from(part, "base64url").toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value) && value !== null && JSON.stringify(value) === text
      ? value
      : undefined;
  } catch {
    // JSON.parse throws SyntaxError and nothing else.
    return undefined;
  }
}

/** Decoders skip the unused bits of a last character, so several texts can mean the same bytes; one of them is ours. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, "base64url").toString("base64url") === part;
}
