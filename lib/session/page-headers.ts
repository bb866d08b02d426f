import { randomBytes } from "node:crypto";

/** How proxy.ts tells pages which address was asked for; what a client sends under these names is overwritten. */
export const PATH_HEADER = "x-pensyve-path";
export const NONCE_HEADER = "x-nonce";

/**
 * The style sheet that sonner puts into the page by script. It takes no nonce, so it is named by its hash: of the empty element,
 * which goes in first, and of its content. A test computes both from the installed package.
 */
export const TOAST_SHEET_HASHES = [
  "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  "sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY=",
];

/** A nonce for one document: 128 random bits. */
export function newNonce(): string {
  return randomBytes(16).toString("base64");
}

/**
 * The headers of every page (SIG-07, attacks 21, 31 and 33): scripts and style sheets only with this document's nonce, nothing
 * from other origins, no framing, no sniffing, nothing stored on the way.
 * `path`: of the page. `isDevelopment`: Next's reloading evaluates code and writes style sheets.
 */
export function pageHeaders(
  nonce: string,
  { isHttps, isDevelopment, path = "/" }: { isHttps: boolean; isDevelopment: boolean; path?: string },
): Record<string, string> {
  const hashes = TOAST_SHEET_HASHES.map((hash) => `'${hash}'`).join(" ");
  const styles = isDevelopment ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}' ${hashes}`;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src ${styles}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    // The answer to a consent form leads to the app: its loopback port or its own scheme (standards AUT-17).
    ...(path.startsWith("/consent/") ? [] : ["form-action 'self'"]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
  return {
    "Content-Security-Policy": policy,
    "Cache-Control": "private, no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    ...(isHttps ? { "Strict-Transport-Security": "max-age=63072000" } : {}),
  };
}
