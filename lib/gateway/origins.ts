import type { GatewaySettings } from "./settings.ts";

const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];
const REMEMBERED_MAX = 1_000;

/** What a browser may read of an answer, beside the body. */
const EXPOSED =
  "WWW-Authenticate, DPoP-Nonce, MCP-Protocol-Version, Mcp-Session-Id, Retry-After, Idempotency-Replayed, RateLimit, RateLimit-Policy, X-Request-Id";

/** Preflight answers; the credential is a header, so no cookie is ever allowed. */
const PREFLIGHT = [
  "Access-Control-Allow-Methods",
  "GET, HEAD, POST, PATCH, DELETE, OPTIONS",
  "Access-Control-Allow-Headers",
  "Authorization, DPoP, Content-Type, Accept, Confirm, Idempotency-Key, MCP-Protocol-Version, Mcp-Session-Id, Mcp-Method, Mcp-Name, Last-Event-ID, X-Pensyve-Key",
  "Access-Control-Max-Age",
  "7200",
] as const;

export type Origins = {
  /** Whether a browser page of `origin` may call `/v1` and `/mcp` (MCP transport security; DNS rebinding). */
  isAllowed(origin: string): boolean;
};

/**
 * PUBLIC_URL, pages served from this machine, the web views of VS Code, and what ALLOWED_ORIGINS adds; `*` allows all.
 * Nothing here uses cookies, so this protects local installs, not sessions.
 */
export function makeOrigins({
  publicUrl,
  allowedOrigins,
}: Pick<GatewaySettings, "publicUrl" | "allowedOrigins">): Origins {
  const listed = new Set([publicUrl, ...allowedOrigins].map((origin) => origin.toLowerCase()));
  const all = listed.has("*");
  const remembered = new Map<string, boolean>();
  return {
    isAllowed(origin) {
      if (all) return true;
      const known = remembered.get(origin);
      if (known !== undefined) return known;
      const allowed = listed.has(origin.toLowerCase()) || isLoopback(origin) || isVsCodeView(origin);
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      remembered.set(origin, allowed);
      return allowed;
    },
  };
}

/** Headers of an answer to a page of `origin`, which is allowed. */
export function corsHeaders(origin: string): string[] {
  return ["Access-Control-Allow-Origin", origin, "Vary", "Origin", "Access-Control-Expose-Headers", EXPOSED];
}

/** Headers of the answer to a preflight (Fetch, section 3.2.2). */
export function preflightHeaders(origin: string): string[] {
  return ["Access-Control-Allow-Origin", origin, "Vary", "Origin", ...PREFLIGHT];
}

function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  return isWeb && url.origin === origin && LOOPBACK_HOSTS.includes(url.hostname);
}

function isVsCodeView(origin: string): boolean {
  return origin.startsWith("vscode-webview://");
}
