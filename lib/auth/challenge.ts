/** What a refusal says in WWW-Authenticate. */
export type Challenge = {
  kind: "none" | "invalid_token" | "insufficient_scope" | "invalid_request";
  /** Absolute URL of the protected-resource metadata (RFC 9728 section 5.1). */
  resourceMetadata: string;
  /** For `none`: what a first connection should ask for. For `insufficient_scope`: all that the operation needs. */
  scope?: string | undefined;
};

const DESCRIPTIONS = {
  invalid_token: "The credential is not valid",
  insufficient_scope: "The credential's scope does not allow this operation",
  invalid_request: "Send exactly one credential, in the Authorization header",
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
  return `Bearer ${parameters.map(([name, value]) => `${name}=${quoted(value)}`).join(", ")}`;
}

/** quoted-string of RFC 9110 section 5.6.4; what may not stand in a header is left out. */
function quoted(value: string): string {
  return `"${value.replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "\\$&")}"`;
}
