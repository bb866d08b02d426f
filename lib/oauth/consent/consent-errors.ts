import type { ErrorCode } from "#lib/errors.ts";

/** The pages that say why an authorization does not go on, with their HTTP status; nothing was granted on any of them. */
export const CONSENT_ERRORS = {
  expired: {
    status: 410,
    title: "This link has expired",
    words: "Sign-in requests stay open for one hour. Nothing was granted. Go back to the app and connect again.",
  },
  elsewhere: {
    status: 403,
    title: "This request began in another browser",
    words:
      "Only that browser can answer it. Nothing was granted. Open the link there, or go back to the app and connect again from here.",
  },
  answered: {
    status: 410,
    title: "This was answered already",
    words: "Go back to the app. To connect again, start there.",
  },
  "signed-out": {
    status: 401,
    title: "You were signed out meanwhile",
    words: "Nothing was granted. Sign in, and the app’s request is there again.",
  },
  "unknown-client": {
    status: 400,
    title: "This server does not know the app",
    words: "Its registration is gone. In the app, remove this server and add it again; it then registers anew.",
  },
  "document-missing": {
    status: 400,
    title: "The app’s document could not be fetched",
    words:
      "Nothing was granted. Go back to the app and connect again in a minute. If it stays so, tell the app’s maker, or your operator if this server cannot reach other addresses either.",
  },
  "document-refused": {
    status: 400,
    title: "This server does not take the app’s document",
    words: "Nothing was granted. Ask your operator to allow its host.",
  },
  "document-invalid": {
    status: 400,
    title: "The app’s document is not as it must be",
    words: "Nothing was granted. Tell the app’s maker.",
  },
  redirect: {
    status: 400,
    title: "The answer would go to an address the app did not register",
    words: "Nothing was granted. Update the app, or tell its maker: redirect_uri not registered.",
  },
  stranger: {
    status: 400,
    title: "Nobody has checked where this leads",
    words: "Nothing was granted. An app that nobody has checked sent you here, and its answer would go to its website.",
  },
  invalid: { status: 400, title: "The app’s request is incomplete", words: "Nothing was granted." },
  foreign: {
    status: 403,
    title: "This form came from another page",
    words: "Open the page again and repeat it.",
  },
  slowed: { status: 429, title: "Too many requests", words: "Nothing was granted." },
  failed: {
    status: 500,
    title: "Something failed here",
    words: "Check whether your last change was saved before you repeat it. Give your operator the request number.",
  },
} as const satisfies Record<string, { status: number; title: string; words: string }>;

/** How an error's description reaches the page: by a header that nobody outside can set, never by the address. */
export const ERROR_HEADER = "x-pensyve-oauth-error";
/** How the address that an error page links to reaches it, in the same way. */
export const BACK_HEADER = "x-pensyve-oauth-back";

export type ConsentError = keyof typeof CONSENT_ERRORS;

/** Reads the `kind` of an error page's address; whatever is unknown counts as `invalid`. */
export function consentError(kind: unknown): ConsentError {
  return typeof kind === "string" && Object.hasOwn(CONSENT_ERRORS, kind) ? (kind as ConsentError) : "invalid";
}

/** The page for a refusal of the functions behind the consent page. */
export function errorOf(code: ErrorCode): ConsentError {
  if (code === "interaction_gone") return "expired";
  if (code === "interaction_answered") return "answered";
  if (code === "foreign_form") return "foreign";
  return code === "rate_limited" ? "slowed" : "invalid";
}
