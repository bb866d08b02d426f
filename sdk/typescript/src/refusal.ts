import type { Refusal } from "./errors.ts";

const SHOWN_MAX = 200;

type ErrorBody = { error?: unknown; message?: unknown; detail?: unknown; retryAfter?: unknown; request_id?: unknown };

/** Reads an answer that is no success. `text` is its body: JSON from the server, anything from what stands between. Pure. */
export function readRefusal(operation: string, response: Response, text: string, now = Date.now()): Refusal {
  const body = readBody(text) ?? { detail: plainText(text) };
  const code = textOf(body.error);
  const detail = textOf(body.message) ?? textOf(body.detail) ?? `HTTP ${response.status}`;
  return {
    operation,
    status: response.status,
    code,
    detail,
    requestId: textOf(body.request_id) ?? response.headers.get("x-request-id") ?? undefined,
    retryAfterSeconds: retryAfter(response.headers, now) ?? secondsOf(body.retryAfter),
    requiredScope: response.status === 403 ? requiredScope(response.headers, code, detail) : undefined,
  };
}

/**
 * Retry-After in seconds, in both of its forms (RFC 9110 section 10.2.3). A date is compared with the answer's own Date
 * where that can be read, since the clock here may be wrong.
 */
function retryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  // Date.parse takes more than dates: "1.5" would be a day in the past.
  const until = /^[A-Z][a-z]+, /.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  const sent = Date.parse(headers.get("date") ?? "");
  return Math.max(0, (until - (Number.isNaN(sent) ? now : sent)) / 1_000);
}

/** The scope that would do: what the challenge names (RFC 6750 section 3), else what the message of an older server names. */
function requiredScope(headers: Headers, code: string | undefined, detail: string): string | undefined {
  // A quoted text is read as a whole, so what looks like a parameter within one is none.
  const parameters = /([\w-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s,"]+))/g;
  for (const [, name, quoted, plain] of (headers.get("www-authenticate") ?? "").matchAll(parameters)) {
    if (name?.toLowerCase() === "scope") return quoted?.replace(/\\(.)/g, "$1") ?? plain;
  }
  return code === "insufficient_scope" ? /\bmcp(?::\w+)?\b/.exec(detail)?.[0] : undefined;
}

/** Undefined when it is not JSON: then it is a proxy's, or empty. */
function readBody(text: string): ErrorBody | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return undefined;
  }
}

/** A text, as servers of the older kind send it, but no page. */
function plainText(text: string): string | undefined {
  return text.trimStart().startsWith("<") ? undefined : text.trim().slice(0, SHOWN_MAX);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
