import { domainToASCII } from "node:url";

/** RFC 5321 section 4.5.3.1: octets of a whole path and of a local part. */
const ADDRESS_MAX = 254;
const LOCAL_PART_MAX = 64;
/** RFC 5322 dot-atom, lower-case. Quoted local parts are legal and nobody has one. */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * The one spelling in which an e-mail address is stored and looked up: trimmed, lower-case, its domain in ASCII (punycode).
 * Runs before any other check of the address. Compatibility characters are refused, not folded: U+FF20 looks like an `@`
 * and folds to one, which is how an address gets past a check and reaches another domain (GHSA-7rqj-j65f-68wh).
 * @returns undefined when `text` is not an address with exactly one ASCII `@`.
 */
export function normalizeEmail(text: string): string | undefined {
  const trimmed = text.trim().normalize("NFC");
  if (trimmed.length > ADDRESS_MAX || trimmed !== trimmed.normalize("NFKC")) return undefined;
  const [local, domain, ...more] = trimmed.toLowerCase().split("@");
  if (!local || !domain || more.length > 0) return undefined;
  const asciiDomain = domainToASCII(domain);
  if (local.length > LOCAL_PART_MAX || !LOCAL_PART.test(local) || !DOMAIN.test(asciiDomain)) return undefined;
  const email = `${local}@${asciiDomain}`;
  return email.length > ADDRESS_MAX ? undefined : email;
}
