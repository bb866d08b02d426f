const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** Schemes without a dot that known clients use; RFC 8252 section 7.1 wants a dot, which keeps them apart from well-known schemes. */
const KNOWN_SCHEMES = new Set(["cursor", "vscode", "vscode-insiders", "vscodium", "windsurf", "claude", "zed"]);
const FORBIDDEN_SCHEMES = new Set(["javascript", "data", "file", "blob", "vbscript", "about"]);

/**
 * Why a redirect URI is refused: it would be dangerous, or could never work (RFC 9700 section 4.1, RFC 8252 sections 7 and 8.4).
 * @returns undefined for one that is accepted.
 */
export function redirectUriFault(uri: string): string | undefined {
  if (!URL.canParse(uri)) return "every entry must be an absolute URI";
  const url = new URL(uri);
  const scheme = url.protocol.slice(0, -1).toLowerCase();
  if (FORBIDDEN_SCHEMES.has(scheme)) return `${scheme}: is not allowed`;
  if (uri.includes("#")) return "a fragment is not allowed";
  if (url.username || url.password) return "a user name is not allowed";
  if (uri.includes("*")) return "a wildcard is not allowed";
  if (scheme === "https") return undefined;
  if (scheme === "http") {
    if (LOOPBACK_HOSTS.has(url.hostname)) return undefined;
    return "plain http is allowed for localhost, 127.0.0.1 and [::1] only";
  }
  if (scheme.includes(".") || KNOWN_SCHEMES.has(scheme)) return undefined;
  return `the scheme ${scheme}: needs a dot, as in com.example.app:`;
}
