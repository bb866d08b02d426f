import { singleton } from "./singleton.ts";

const LEVELS = { debug: 10, info: 20, warn: 30, error: 40 } as const;
export type LogLevel = keyof typeof LEVELS;
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

const FLUSH_AFTER_MS = 50;
const FLUSH_AT_LINES = 500;

/** Fields whose value is a secret whatever it looks like; the call site is wrong, the line is still safe. */
const SECRET_FIELDS =
  /"(authorization|cookie|set-cookie|password|token|secret|code|code_verifier|refresh_token|client_secret|device_code)":"(?:[^"\\]|\\.)*"/gi;
/** An API key keeps its first 8 characters; after `Bearer`, and for anything shaped like a JWT, nothing stays. */
const KEY = /psy_([A-Za-z0-9]{4})[A-Za-z0-9_-]+/g;
/** Refresh tokens (lib/oauth/refresh-token.ts). */
const REFRESH = /psr_[A-Za-z0-9_-]{8,}/g;
const BEARER = /\b(bearer|dpop|basic)\s+(?!psy_)[A-Za-z0-9._~+/=-]{8,}/gi;
const JWT = /\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g;
const ONE_TIME_LINK = /([?&](?:token|code)=)[^&\s"]+/g;
const MAYBE_SECRET = /ps[yr]_|eyJ|bearer|dpop|basic|token|secret|code|password|cookie|authorization/i;

/** Takes secrets out of a line of text: what remains may be logged, shown or stored. Standards KEY-15. */
export function redact(line: string): string {
  if (!MAYBE_SECRET.test(line)) return line;
  return line
    .replace(SECRET_FIELDS, '"$1":"[redacted]"')
    .replace(KEY, "psy_$1…")
    .replace(REFRESH, "psr_…")
    .replace(BEARER, "$1 [redacted]")
    .replace(JWT, "[redacted JWT]")
    .replace(ONE_TIME_LINK, "$1[redacted]");
}

type Sink = { level: number; stream: "stdout" | "stderr"; lines: string[]; timer: NodeJS.Timeout | undefined };

const sink = singleton<Sink>("log", () => {
  process.once("exit", flushLog);
  return { level: LEVELS.info, stream: "stdout", lines: [], timer: undefined };
});

/** Sets the least level that is written; server.ts does so from LOG_LEVEL. */
export function setLogLevel(level: LogLevel): void {
  sink.level = LEVELS[level];
}

/** Sends lines to another stream: the command line keeps standard output for its answer. */
export function setLogStream(stream: Sink["stream"]): void {
  sink.stream = stream;
}

/** Writes what is buffered now. Runs by itself every 50 ms, at 500 lines and at exit. */
export function flushLog(): void {
  clearTimeout(sink.timer);
  sink.timer = undefined;
  if (sink.lines.length === 0) return;
  process[sink.stream].write(`${sink.lines.join("\n")}\n`);
  sink.lines = [];
}

function write(level: LogLevel, message: string, fields: LogFields): void {
  if (LEVELS[level] < sink.level) return;
  const line = redact(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }));
  sink.lines.push(line);
  if (level === "error" || sink.lines.length >= FLUSH_AT_LINES) flushLog();
  else sink.timer ??= setTimeout(flushLog, FLUSH_AFTER_MS).unref();
}

/** The one logger: JSON lines on standard output (see {@link setLogStream}), redacted, buffered for at most 50 ms. */
export const log = {
  debug: (message: string, fields: LogFields = {}) => write("debug", message, fields),
  info: (message: string, fields: LogFields = {}) => write("info", message, fields),
  warn: (message: string, fields: LogFields = {}) => write("warn", message, fields),
  error: (message: string, fields: LogFields = {}) => write("error", message, fields),
};

/** The line of one request. Every text in it is this program's own (ids, names of operations, codes), never a client's. */
export type RequestLine = {
  requestId: string;
  /** Key id or grant id; null before the credential is verified. */
  principalId: string | null;
  operation: string;
  status: number;
  reason: string | null;
  nowMs: number;
  durationMs: number;
};

/** Beginning of a second, and how a line of it begins. */
let second = { startMs: Number.NaN, text: "" };
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, "0"));

/**
 * Writes the line of one request at level info. It does what {@link log} does for a tenth of the cost, which every request pays:
 * since no text comes from a client, nothing has to be escaped or redacted.
 */
export function logRequest(line: RequestLine): void {
  if (LEVELS.info < sink.level) return;
  const { requestId, principalId, operation, status, reason, nowMs, durationMs } = line;
  const millisecond = nowMs % 1_000;
  if (nowMs - millisecond !== second.startMs) {
    const time = new Date(nowMs).toISOString().slice(0, 20);
    second = { startMs: nowMs - millisecond, text: `{"level":"info","message":"request","time":"${time}` };
  }
  const principal = principalId === null ? "null" : `"${principalId}"`;
  const microseconds = Math.max(0, Math.round(durationMs * 1_000));
  const duration = `${Math.trunc(microseconds / 1_000)}.${THREE_DIGITS[microseconds % 1_000]}`;
  sink.lines.push(
    `${second.text}${THREE_DIGITS[millisecond]}Z","requestId":"${requestId}","principalId":${principal}${ending(operation, status, reason)}${duration}}`,
  );
  if (sink.lines.length >= FLUSH_AT_LINES) flushLog();
  else sink.timer ??= setTimeout(flushLog, FLUSH_AFTER_MS).unref();
}

/** Most requests end well, and those of one operation then say the same: made once for each. */
const endings = new Map<string, string>();

function ending(operation: string, status: number, reason: string | null): string {
  if (status !== 200 || reason !== null) return makeEnding(operation, status, reason);
  const known = endings.get(operation);
  if (known !== undefined) return known;
  const made = makeEnding(operation, status, reason);
  endings.set(operation, made);
  return made;
}

function makeEnding(operation: string, status: number, reason: string | null): string {
  const why = reason === null ? "null" : `"${reason}"`;
  return `,"operation":"${operation}","outcome":"${outcomeOf(status, reason)}","status":${status},"reason":${why},"durationMs":`;
}

function outcomeOf(status: number, reason: string | null): "ok" | "refused" | "failed" {
  if (status >= 500) return "failed";
  return status >= 400 || reason !== null ? "refused" : "ok";
}
