/** Every expected failure: its code, the HTTP status it gets, and what its reader is told to do next. */
const ERRORS = {
  invalid_request: { status: 400, message: "The request is not valid. Compare it with /openapi.json." },
  invalid_input: {
    status: 422,
    message: "A field is missing or has the wrong type. Compare the body with /openapi.json.",
  },
  malformed_json: { status: 400, message: "The body is not valid JSON. Send one JSON object, encoded as UTF-8." },
  body_too_large: { status: 413, message: "The body is larger than 2 MiB. Send less at a time." },
  unsupported_media_type: { status: 415, message: "Send the body with Content-Type: application/json." },
  unauthorized: {
    status: 401,
    message: "No credential was sent. Send the header Authorization: Bearer <API key or access token>.",
  },
  invalid_token: {
    status: 401,
    message: "The credential is not valid. Create or rotate an API key in the dashboard, or sign in again.",
  },
  variable_not_expanded: {
    status: 401,
    message:
      "The text ${PENSYVE_API_KEY} arrived instead of a key: the client did not expand the variable. Set PENSYVE_API_KEY where the client starts, or paste the key.",
  },
  insufficient_scope: {
    status: 403,
    message: "The credential's scope does not allow this operation. Use a key with the scope that is named.",
  },
  origin_not_allowed: {
    status: 403,
    message: "Requests from this web origin are not allowed. Add it to ALLOWED_ORIGINS.",
  },
  forbidden: { status: 403, message: "You may not do this. Ask an administrator of this server." },
  not_found: { status: 404, message: "It does not exist, or is not yours. Check the address and the id." },
  method_not_allowed: { status: 405, message: "This address does not take that method. See the Allow header." },
  conflict: { status: 409, message: "This changed elsewhere meanwhile. Reload to see it." },
  idempotency_key_reused: {
    status: 422,
    message:
      "This Idempotency-Key belongs to another request of the last 24 hours. Send a new key with a new request; a repeat must be the same request.",
  },
  answer_gone: {
    status: 410,
    message:
      "This write was done before. Its answer is no longer there, because what it wrote was deleted or the answer was too long to keep. To write again, send a new Idempotency-Key.",
  },
  write_in_progress: {
    status: 503,
    message:
      "This write, or another that it waits for, has not ended yet. Send the same request with the same Idempotency-Key again, after the time in Retry-After.",
  },
  misdirected_request: {
    status: 421,
    message: "This server is not known under that host name. Use the address in PUBLIC_URL.",
  },
  rate_limited: { status: 429, message: "Too many requests. Wait as long as the Retry-After header says." },
  internal_error: { status: 500, message: "Something failed here. Give your operator the request id." },
  unavailable: { status: 503, message: "The database does not answer. Try again in a few seconds." },

  interaction_gone: { status: 410, message: "This request has ended. Go back to the app and connect again." },
  interaction_answered: {
    status: 410,
    message: "This was answered already. Go back to the app. To connect again, start there.",
  },
  device_code_wrong: {
    status: 422,
    message: "That code is wrong or has expired. Check it, or start again on the device.",
  },
  device_entry_paused: { status: 429, message: "Too many wrong codes. Wait, then try again." },
  grant_not_found: { status: 404, message: "No such app. Reload the list of connected apps." },
  client_not_found: { status: 404, message: "No such client. List them with: client list." },
  key_not_found: { status: 404, message: "No such key. Reload the list of keys." },
  key_not_active: { status: 409, message: "Only an active key can be rotated or changed. Reload to see its state." },
  key_not_in_grace: { status: 409, message: "This key is not in its grace period. Reload to see its state." },
  answer_lost: {
    status: 409,
    message: "The key was made, but the answer was lost on the way. Rotate it to get one you can copy.",
  },
  email_invalid: { status: 422, message: "Type an address like name@example.org." },
  name_mismatch: { status: 422, message: "Type the name exactly, or paste it." },
  email_taken: { status: 409, message: "An account with this e-mail exists already." },
  user_not_found: { status: 404, message: "No such user. List them with: user list." },
  user_disabled: { status: 403, message: "This account is disabled. Ask an administrator of this server." },
  sign_up_closed: { status: 403, message: "Accounts are by invitation. Ask an administrator." },
  setup_link_dead: {
    status: 410,
    message: "This link no longer works. The server prints a new one at each start until there is an account.",
  },
  wrong_password: { status: 403, message: "Email or password is wrong. Try again." },
  wrong_current_password: { status: 403, message: "This is not your current password. Type it again." },
  sign_in_slowed: { status: 429, message: "Too many tries. Wait, then try again." },
  password_too_short: { status: 422, message: "Use at least 15 characters." },
  password_too_long: { status: 422, message: "Use at most 256 characters." },
  password_too_common: { status: 422, message: "Too common. Choose another." },
  session_not_found: { status: 404, message: "No such session. Reload the list." },
  signed_out: { status: 401, message: "You were signed out. Sign in in another tab, then try again." },
  foreign_form: { status: 403, message: "This form came from another page. Open the page again and repeat it." },
  invalid_form: { status: 400, message: "The form arrived incomplete. Reload the page and send it again." },
  recent_sign_in_needed: { status: 403, message: "Confirm that it is you, then try again." },
} as const;

export type ErrorCode = keyof typeof ERRORS;

const BRAND = Symbol.for("pensyve-auth.DomainError");

/**
 * An expected failure. Everything else that is thrown is a defect or an outage.
 * Recognise it with {@link isDomainError}: two module graphs make two classes, so `instanceof` fails across them.
 */
export class DomainError extends Error {
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly status: number;
  /** What a program needs beside the message: `{ scope }`, `{ retryAfterSeconds }`, `{ field }`. Never a secret. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: ErrorCode,
    options: { message?: string; details?: Record<string, string | number>; cause?: unknown } = {},
  ) {
    super(options.message ?? ERRORS[code].message, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.status = ERRORS[code].status;
    this.details = options.details ?? {};
  }
}

/** Whether `error` is a {@link DomainError}, also one made in the other module graph. */
export function isDomainError(error: unknown): error is DomainError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** Status and text of a code, for answers that are written without an exception. */
export function errorAnswer(code: ErrorCode): { status: number; message: string } {
  return ERRORS[code];
}
