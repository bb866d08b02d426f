import type { KeyView } from "#lib/keys/key-view.ts";

type NewKey = { key: KeyView; plaintext: string };

/** A new key as --json shows it; the only time that it is shown. */
export function newKeyFields({ key, plaintext }: NewKey) {
  return { id: key.id, key: plaintext, prefix: key.prefix, scope: key.scope, expiresAt: key.expiresAt };
}

/** The same for people: the key alone on the first line. */
export function newKeyText({ key, plaintext }: NewKey): string {
  const expiry = key.expiresAt ? `works until ${key.expiresAt.toISOString()}` : "works until it is revoked";
  return `${plaintext}\nCopy it now: it is not stored and cannot be shown again. Id ${key.id}, scope ${key.scope}, ${expiry}.`;
}
