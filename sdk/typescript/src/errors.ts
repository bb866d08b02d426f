/** Everything that this package throws by itself, except RangeError and TypeError for arguments that cannot be sent. */
export class PensyveError extends Error {
  override readonly name: string = "PensyveError";
}

/** No answer came: the server cannot be reached, or the connection broke. The cause is what fetch threw. */
export class ConnectionError extends PensyveError {
  override readonly name: string = "ConnectionError";
}

/** No answer came within timeoutMs. */
export class TimeoutError extends ConnectionError {
  override readonly name: string = "TimeoutError";
}

/** What an answer that is no success says. */
export type Refusal = {
  status: number;
  /** A word that programs can compare, such as rate_limited. */
  code: string | undefined;
  /** What is wrong, in the server's words. */
  detail: string;
  /** What to tell whoever runs the server. */
  requestId: string | undefined;
  /** Which call it was, such as recall. */
  operation: string;
  /** How long the server asks to wait. */
  retryAfterSeconds: number | undefined;
  /** On 403: the scope that would do, such as mcp:write. */
  requiredScope: string | undefined;
};

/** The server answered, and refused or failed. */
export class ApiError extends PensyveError {
  override readonly name: string = "ApiError";
  readonly status: number;
  readonly code: string | undefined;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly operation: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(refusal: Refusal) {
    super(messageOf(refusal));
    this.status = refusal.status;
    this.code = refusal.code;
    this.detail = refusal.detail;
    this.requestId = refusal.requestId;
    this.operation = refusal.operation;
    this.retryAfterSeconds = refusal.retryAfterSeconds;
  }
}

/** 401: the key is not valid: mistyped, revoked or expired. */
export class AuthenticationError extends ApiError {
  override readonly name: string = "AuthenticationError";
}

/** 403: the key is valid and may not do this. */
export class PermissionError extends ApiError {
  override readonly name: string = "PermissionError";
  /** The scope that would do, when the server names one. */
  readonly requiredScope: string | undefined;

  constructor(refusal: Refusal) {
    super(refusal);
    this.requiredScope = refusal.requiredScope;
  }
}

/** 404: it does not exist, or is not yours. */
export class NotFoundError extends ApiError {
  override readonly name: string = "NotFoundError";
}

/** 429: too many requests; retryAfterSeconds says how long to wait. */
export class RateLimitError extends ApiError {
  override readonly name: string = "RateLimitError";
}

/** The error of the class that belongs to the status. */
export function refusalError(refusal: Refusal): ApiError {
  switch (refusal.status) {
    case 401:
      return new AuthenticationError(refusal);
    case 403:
      return new PermissionError(refusal);
    case 404:
      return new NotFoundError(refusal);
    case 429:
      return new RateLimitError(refusal);
    default:
      return new ApiError(refusal);
  }
}

function messageOf({ operation, detail, requiredScope, status, code, requestId }: Refusal): string {
  const scope = requiredScope === undefined || detail.includes(requiredScope) ? "" : ` It needs ${requiredScope}.`;
  const facts = [`HTTP ${status}`, ...(code ? [code] : []), ...(requestId ? [`request ${requestId}`] : [])];
  return `${operation}: ${detail}${scope} (${facts.join(", ")})`;
}
