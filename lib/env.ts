import { resolve } from "node:path";
import { z } from "zod";
import { singleton } from "./singleton.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** An absolute http(s) origin without path; https unless the host is loopback (OAuth 2.1 section 1.5). */
const origin = z
  .string()
  .refine((value) => URL.canParse(value), "is not a URL; write it like https://auth.example.org")
  .transform((value) => new URL(value))
  .refine((url) => url.protocol === "https:" || url.protocol === "http:", "must start with https://")
  .refine((url) => url.pathname === "/" && !url.search && !url.hash, "must be a bare origin, without a path")
  .refine((url) => !url.username && !url.password, "must not contain a user name or password")
  .refine(
    (url) => url.protocol === "https:" || LOOPBACK.has(url.hostname),
    "must be https (plain http is accepted for localhost only); put TLS in front",
  )
  .transform((url) => url.origin);

const databaseUrl = z
  .string()
  .refine(
    (value) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value),
    "is not a PostgreSQL URL; write it like postgresql://user:password@host:5432/name",
  );

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);

const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= 32,
    "must be at least 32 bytes; make one with: openssl rand -base64 48",
  );

function listed(value: string): string[] {
  return value
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
}

/** `*`, a scheme with its colon, or an origin exactly as browsers send it. */
function isOriginPattern(entry: string): boolean {
  if (entry === "*" || /^[a-z][a-z0-9+.-]*:$/i.test(entry)) return true;
  return URL.canParse(entry) && new URL(entry).origin === entry;
}

function isHostName(entry: string): boolean {
  return /^[a-z0-9.-]+$/i.test(entry);
}

const ROLES = ["web", "oauth", "gateway"] as const;
export type Role = (typeof ROLES)[number];
const SERVE = ["web,oauth,gateway", "web,oauth", "gateway"] as const;

const schema = z.object({
  PORT: integer(0, 65_535).default(3000),
  HOST: z.string().min(1).optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_DIRECT_URL: databaseUrl.optional(),
  PUBLIC_URL: origin.optional(),
  API_URL: origin.optional(),
  MCP_URL: origin.optional(),
  SECRET: secret.optional(),
  SECRET_PREVIOUS: secret.optional(),
  SIGN_UP: z.enum(["first", "closed"], "must be first or closed").default("first"),
  SERVE: z
    .string()
    .transform((value) =>
      value
        .split(",")
        .map((role) => role.trim())
        .join(","),
    )
    .refine((value) => SERVE.some((allowed) => allowed === value), `must be one of: ${SERVE.join(" | ")}`)
    .default("web,oauth,gateway"),
  TRUST_PROXY: integer(0, 10).default(0),
  ALLOWED_ORIGINS: z
    .string()
    .refine(
      (value) => listed(value).every(isOriginPattern),
      "must name origins like https://app.example.org, schemes like vscode-webview:, or * for all, separated by commas",
    )
    .optional(),
  RATE_LIMIT: integer(1, 100_000_000).default(300),
  AUDIENCE: z
    .string()
    .refine(
      (value) => URL.canParse(value) && !value.includes("#"),
      "must be an absolute URL, as clients name the MCP server",
    )
    .optional(),
  SIGNING_KEY_DAYS: integer(0, 3_650).default(90),
  ACCESS_TOKEN_TTL: integer(60, 86_400).default(3_600),
  REFRESH_TOKEN_TTL: integer(3_600, 365 * 86_400).default(30 * 86_400),
  REFRESH_GRACE: integer(0, 300).default(60),
  CIMD: z
    .string()
    .refine(
      (value) => value === "all" || value === "off" || listed(value).every(isHostName),
      "must be all, off, or host names separated by commas",
    )
    .default("all"),
  DCR: z.enum(["open", "token", "off"], "must be open, token or off").default("open"),
  DCR_TOKEN: z
    .string()
    .regex(
      /^[\w.~+/-]{32,}=*$/,
      "must be at least 32 characters of a bearer token; make one with: openssl rand -base64 48",
    )
    .optional(),
  DEVICE_FLOW: z.enum(["known", "open", "off"], "must be known, open or off").default("known"),
  SMTP_URL: z
    .string()
    .refine(
      (value) => /^smtps?:\/\/[^/]/.test(value) && URL.canParse(value),
      "is not an address of a mail server; write it like smtps://user:password@mail.example.org",
    )
    .optional(),
  METRICS_TOKEN: z
    .string()
    .refine((value) => value.length >= 16, "must be at least 16 characters")
    .optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"], "must be debug, info, warn or error").default("info"),
});

export type Env = {
  port: number;
  /** Undefined: both loopback addresses. */
  host: string | undefined;
  dataDir: string;
  databaseUrl: string | undefined;
  databaseDirectUrl: string | undefined;
  publicUrl: string;
  apiUrl: string;
  mcpUrl: string;
  secret: string | undefined;
  /** What SECRET was before: signing keys that it encrypted are read once more, and encrypted under SECRET. */
  secretPrevious: string | undefined;
  signUp: "first" | "closed";
  roles: ReadonlySet<Role>;
  /** How many proxies stand in front: decides only which X-Forwarded-For entry is the client's address. */
  trustProxy: number;
  /** Extra web origins that may call /v1 and /mcp; `*` for all. */
  allowedOrigins: readonly string[];
  /** Requests a minute and API key; a user has twice that. */
  rateLimit: number;
  /** The one `aud` of access tokens: how clients name the MCP server. */
  audience: string;
  accessTokenSeconds: number;
  /** How old a signing key gets before another takes its place by itself; 0: only by command. */
  signingKeyDays: number;
  /** How long a refresh token lives when it is not used; three times that at most, used or not. */
  refreshTokenSeconds: number;
  /** How long a used refresh token is honored again, for clients that refresh twice at once. */
  refreshGraceSeconds: number;
  /** Hosts whose client metadata documents are taken; empty for none. */
  clientDocuments: "all" | readonly string[];
  registration: "open" | "token" | "off";
  /** What a registration must present when it is not open. */
  registrationToken: string | undefined;
  /** Whose devices may ask: `known`: of clients that the operator added or whose document was fetched; `open`: of every client. */
  deviceFlow: "known" | "open" | "off";
  /** The mail server; without one, mails are files in DATA_DIR/mail. */
  smtpUrl: string | undefined;
  metricsToken: string | undefined;
  logLevel: "debug" | "info" | "warn" | "error";
};

/** A wrong configuration: one line per variable, each naming it and saying what it must be. Never repeats the value. */
export class ConfigurationError extends Error {
  override name = "ConfigurationError";
}

/**
 * Reads and checks the environment. Empty variables count as unset.
 * @throws ConfigurationError naming every wrong variable.
 */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`);
    throw new ConfigurationError(lines.join(" "));
  }
  const values = parsed.data;
  if (values.DATABASE_DIRECT_URL && !values.DATABASE_URL) {
    throw new ConfigurationError(
      "DATABASE_DIRECT_URL is set without DATABASE_URL: set both, or neither for the built-in PostgreSQL.",
    );
  }
  if (values.DCR === "token" && !values.DCR_TOKEN) {
    throw new ConfigurationError(
      "DCR_TOKEN is required with DCR=token: clients register with it as their bearer token.",
    );
  }
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  const roles = new Set(ROLES.filter((role) => values.SERVE.split(",").includes(role)));
  if (!roles.has("web") && !values.DATABASE_URL) {
    throw new ConfigurationError(
      "DATABASE_URL is required with SERVE=gateway: a gateway on its own shares the database of the others.",
    );
  }
  if (values.DATABASE_URL && roles.has("web") && !values.SECRET) {
    throw new ConfigurationError(
      "SECRET is required with DATABASE_URL: at least 32 bytes, the same for every process. Make one with: openssl rand -base64 48",
    );
  }
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: resolve(values.DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    databaseDirectUrl: values.DATABASE_DIRECT_URL,
    publicUrl,
    apiUrl: values.API_URL ?? publicUrl,
    mcpUrl: values.MCP_URL ?? publicUrl,
    secret: values.SECRET,
    secretPrevious: values.SECRET_PREVIOUS,
    signUp: values.SIGN_UP,
    roles,
    trustProxy: values.TRUST_PROXY,
    allowedOrigins: listed(values.ALLOWED_ORIGINS ?? ""),
    rateLimit: values.RATE_LIMIT,
    audience: values.AUDIENCE ?? `${values.MCP_URL ?? publicUrl}/mcp`,
    accessTokenSeconds: values.ACCESS_TOKEN_TTL,
    signingKeyDays: values.SIGNING_KEY_DAYS,
    refreshTokenSeconds: values.REFRESH_TOKEN_TTL,
    refreshGraceSeconds: values.REFRESH_GRACE,
    clientDocuments: documentHosts(values.CIMD),
    registration: values.DCR,
    registrationToken: values.DCR === "token" ? values.DCR_TOKEN : undefined,
    deviceFlow: values.DEVICE_FLOW,
    smtpUrl: values.SMTP_URL,
    metricsToken: values.METRICS_TOKEN,
    logLevel: values.LOG_LEVEL,
  };
}

function documentHosts(value: string): Env["clientDocuments"] {
  if (value === "all") return "all";
  return value === "off" ? [] : listed(value.toLowerCase());
}

/** The process's configuration, read once. The only reader of process.env. @throws ConfigurationError */
export function env(): Env {
  return singleton("env", () => parseEnv(process.env));
}
