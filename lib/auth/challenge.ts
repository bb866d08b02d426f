/** What a refusal says in WWW-Authenticate. */
export type Challenge = {
  kind: "none" | "invalid_token" | "insufficient_scope" | "invalid_request";
  /** Absolute URL of the protected-resource metadata (RFC 9728 section 5.1). */
  resourceMetadata: string;
  /** For `none`: what a first connection should ask for. For `insufficient_scope`: all that the operation needs. */
  scope?: string | undefined;
};

/** What a refused proof is told (RFC 9449 sections 7.1 and 9). */
export type ProofChallenge = {
  /** Undefined: only that DPoP is spoken here. */
  error?: "invalid_dpop_proof" | "use_dpop_nonce" | "insufficient_scope" | undefined;
  algorithms: readonly string[];
  resourceMetadata?: string | undefined;
  scope?: string | undefined;
};

const DESCRIPTIONS = {
  invalid_token: "The credential is not valid",
  insufficient_scope: "The credential's scope does not allow this operation",
  invalid_request: "Send exactly one credential, in the Authorization header",
  invalid_dpop_proof: "The DPoP proof is not valid for this request and token",
  use_dpop_nonce: "Sign a new proof that holds the nonce of this answer",
} as const;

/**
 * The value of WWW-Authenticate for a refused request (RFC 6750 section 3, RFC 9728 section 5.1). Without a credential there is
 * no `error` member (RFC 6750 section 3.1). Whatever was wrong with a bad credential, the text is the same: the wire says little.
 */
export function challenge({ kind, resourceMetadata, scope }: Challenge): string {
  const parameters: [string, string][] = [];
  if (kind !== "none") parameters.push(["error", kind], ["error_description", DESCRIPTIONS[kind]]);
  if (scope !== undefined) parameters.push(["scope", scope]);
  parameters.push(["resource_metadata", resourceMetadata]);
  return written("Bearer", parameters);
}

/** The value of a WWW-Authenticate of its own, behind Bearer's: simple clients read the first scheme (standards DPO-03). */
export function proofChallenge({ error, algorithms, resourceMetadata, scope }: ProofChallenge): string {
  const parameters: [string, string][] = [];
  if (error !== undefined) parameters.push(["error", error], ["error_description", DESCRIPTIONS[error]]);
  if (scope !== undefined) parameters.push(["scope", scope]);
  parameters.push(["algs", algorithms.join(" ")]);
  if (resourceMetadata !== undefined) parameters.push(["resource_metadata", resourceMetadata]);
  return written("DPoP", parameters);
}

function written(scheme: string, parameters: readonly [string, string][]): string {
  return `${scheme} ${parameters.map(([name, value]) => `${name}=${quoted(value)}`).join(", ")}`;
}

/** quoted-string of RFC 9110 section 5.6.4; what may not stand in a header is left out. */
function quoted(value: string): string {
  return `"${value.replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "\\$&")}"`;
}
