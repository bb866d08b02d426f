/** Who a verified credential stands for. Frozen and shared by the cache: never write to it. */
export type Principal = ApiKeyPrincipal | AccessTokenPrincipal;

export type ApiKeyPrincipal = {
  readonly kind: "api_key";
  readonly userId: string;
  /** Space-separated (RFC 6749 section 3.3); ask lib/scopes.ts what it allows. */
  readonly scope: string;
  readonly keyId: string;
  /** First 8 characters of the key; null for imported keys. */
  readonly prefix: string | null;
  readonly name: string;
  readonly expiresAt: Date | null;
  /** Set while a replaced key still works. */
  readonly graceEndsAt: Date | null;
};

export type AccessTokenPrincipal = {
  readonly kind: "access_token";
  readonly userId: string;
  readonly scope: string;
  readonly clientId: string;
  readonly grantId: string;
  /** Thumbprint of the key that each request must prove (`cnf.jkt`, RFC 9449 section 6.1); absent for a bearer token. */
  readonly proofKey?: string;
};

/** Key id or grant id: what usage, rate limits and logs are counted by. */
export function credentialId(principal: Principal): string {
  return principal.kind === "api_key" ? principal.keyId : principal.grantId;
}
