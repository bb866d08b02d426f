const RANDOM_BYTES = 32;

export type ProofKey = { verifier: string; challenge: string };

/** A code verifier with 256 random bits and its S256 challenge (RFC 7636 sections 4.1 and 4.2). */
export async function proofKey(): Promise<ProofKey> {
  const verifier = randomText();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return { verifier, challenge: base64url(new Uint8Array(digest)) };
}

/** 256 random bits in the alphabet of URLs: what a state or a verifier is made of. */
export function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
}

/** Not Buffer: that is Node's alone. */
function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
