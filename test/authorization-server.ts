import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { type Env, parseEnv } from "#lib/env.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { type StartedGateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { setLogLevel } from "#lib/log.ts";
import { allowConsent } from "#lib/oauth/consent/interactions.ts";
import type { Fetch } from "#lib/oauth/documents/read-document.ts";
import { type AuthorizationServer, startAuthorizationServer } from "#lib/oauth/start-authorization-server.ts";
import { frontDoor } from "#lib/server/front-door.ts";
import { type HttpServer, httpServer } from "#lib/server/http-server.ts";
import { freePort } from "./free-port.ts";

export type Tokens = {
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
};
export type Answer<Body = Record<string, unknown>> = { status: number; headers: Headers; text: string; json: Body };
type Form = Readonly<Record<string, string | readonly string[]>>;

export const REDIRECT_URI = "http://127.0.0.1/callback";
const SECRET = "a secret of thirty-two bytes or more, for tests";

export type TestAuthorizationServer = {
  /** The issuer, which is also the origin of the gateway. */
  url(): string;
  environment(): Env;
  gateway(): StartedGateway;
  server(): Server;
  /** Posts a form. */
  post(path: string, form: Form, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Registers a public client for {@link REDIRECT_URI}, unless told otherwise. */
  register(
    metadata?: Readonly<Record<string, unknown>>,
  ): Promise<Answer<{ client_id: string; client_secret?: string }>>;
  /** A code for the client, allowed by the user as the consent page would. `scope`: what is allowed of what was asked. */
  authorize(options: Authorize): Promise<{ code: string; verifier: string; redirectUri: string; location: URL }>;
  /** Registers, authorizes and exchanges the code. */
  connect(userId: string, options?: Partial<Authorize>): Promise<Tokens & { clientId: string; grantId: string }>;
  exchange(clientId: string, code: string, verifier: string, more?: Form): Promise<Answer<Tokens>>;
  refresh(clientId: string, refreshToken: string, more?: Form): Promise<Answer<Tokens>>;
};
type Authorize = {
  clientId: string;
  userId: string;
  scope?: string;
  /** Beside and in place of the usual ones; undefined leaves one out. */
  parameters?: Readonly<Record<string, string | undefined>>;
};

/**
 * Starts gateway and authorization server on one free port, behind the front door, on the database that testDatabase() made.
 * Call it once at the top of a file, after that. Pages are not served: consent is given through the function behind the page.
 */
export function testAuthorizationServer(
  values: Readonly<Record<string, string>> = {},
  fetchDocument?: Fetch,
): TestAuthorizationServer {
  let environment: Env | undefined;
  let http: HttpServer | undefined;
  let gateway: StartedGateway | undefined;
  let authorizationServer: AuthorizationServer | undefined;
  beforeAll(async () => {
    setLogLevel("warn");
    const port = await freePort();
    const dataDir = await mkdtemp(join(tmpdir(), "pensyve-oauth-"));
    const variables = { PORT: String(port), SECRET, DATA_DIR: dataDir, RATE_LIMIT: "1000000", ...values };
    // deriveSecret() and mails read the process's own configuration, once.
    Object.assign(process.env, { SECRET, PORT: String(port), DATA_DIR: dataDir });
    environment = parseEnv(variables);
    gateway = await startGateway(environment);
    authorizationServer = await startAuthorizationServer(
      environment,
      (_request, response) => response.end("a page"),
      fetchDocument,
    );
    const parts = {
      gateway: gateway.handle,
      authorizationServer: authorizationServer.handle,
      pages: undefined,
      isReady: () => Promise.resolve(true),
    };
    http = httpServer(environment, frontDoor(environment, parts));
    await http.listen();
  });
  afterAll(async () => {
    await http?.drain(1_000);
    await authorizationServer?.stop();
    await gateway?.stop();
    await closeAcknowledgements();
    if (environment) await rm(environment.dataDir, { recursive: true, force: true });
  });

  const need = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error("The authorization server is not started yet.");
    return value;
  };
  const url = (): string => need(environment).publicUrl;
  const self: TestAuthorizationServer = {
    url,
    environment: () => need(environment),
    gateway: () => need(gateway),
    server: () => need(http).server,
    post: (path, form, headers = {}) =>
      ask(`${url()}${path}`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
        body: encode(form),
      }),
    register: (metadata = {}) =>
      ask(`${url()}/oauth/register`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          client_name: "Test client",
          redirect_uris: [REDIRECT_URI],
          token_endpoint_auth_method: "none",
          grant_types: ["authorization_code", "refresh_token"],
          ...metadata,
        }),
      }),
    async authorize({ clientId, userId, scope, parameters = {} }) {
      const verifier = randomBytes(32).toString("base64url");
      const redirectUri = parameters["redirect_uri"] ?? REDIRECT_URI;
      const address = new URL(`${url()}/oauth/authorize`);
      const asked = {
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUri,
        code_challenge: codeChallenge(verifier),
        code_challenge_method: "S256",
        state: "state",
        resource: `${url()}/mcp`,
        ...parameters,
      };
      const sentParameters = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined);
      address.search = new URLSearchParams(sentParameters).toString();
      const browser = cookieJar();
      const sent = await browser.get(address);
      const page = sent.headers.get("location") ?? "";
      if (!page.startsWith("/consent/")) throw new Error(`No consent page: ${sent.status} ${page} ${sent.text}`);
      const uid = page.slice("/consent/".length);
      const actor: Actor = { kind: "user", userId, isAdministrator: false, address: "203.0.113.7", userAgent: "Test" };
      const returnTo = await allowConsent(actor, uid, browser.cookies(), scope ?? "mcp");
      const resumed = await browser.get(returnTo);
      const location = new URL(resumed.headers.get("location") ?? "");
      return { code: location.searchParams.get("code") ?? "", verifier, redirectUri, location };
    },
    exchange: (clientId, code, verifier, more = {}) =>
      self.post("/oauth/token", {
        grant_type: "authorization_code",
        client_id: clientId,
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: verifier,
        ...more,
      }) as Promise<Answer<Tokens>>,
    refresh: (clientId, refreshToken, more = {}) =>
      self.post("/oauth/token", {
        grant_type: "refresh_token",
        client_id: clientId,
        refresh_token: refreshToken,
        ...more,
      }) as Promise<Answer<Tokens>>,
    async connect(userId, options = {}) {
      const clientId = options.clientId ?? (await self.register()).json.client_id;
      const { code, verifier, redirectUri } = await self.authorize({ ...options, clientId, userId });
      const { status, json, text } = await self.exchange(clientId, code, verifier, { redirect_uri: redirectUri });
      if (status !== 200) throw new Error(`No tokens: ${status} ${text}`);
      return { ...json, clientId, grantId: String(tokenClaims(json.access_token)["grant_id"]) };
    },
  };
  return self;
}

/** The claims of a JWT, unverified. */
export function tokenClaims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

/** S256 of RFC 7636 section 4.2. */
export function codeChallenge(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

/** A browser reduced to its cookies: it follows nothing. */
export function cookieJar() {
  const jar = new Map<string, string>();
  const cookies = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return {
    cookies,
    async get(address: string | URL): Promise<Answer> {
      const answer: Answer = await ask(address, { headers: { cookie: cookies(), accept: "text/html" } });
      for (const cookie of answer.headers.getSetCookie()) {
        const [pair = ""] = cookie.split(";");
        const at = pair.indexOf("=");
        jar.set(pair.slice(0, at), pair.slice(at + 1));
      }
      return answer;
    },
  };
}

async function ask<Body>(address: string | URL, init: RequestInit): Promise<Answer<Body>> {
  const response = await fetch(address, { ...init, redirect: "manual" });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

function encode(form: Form): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((each): [string, string] => [name, each]),
  );
  return new URLSearchParams(pairs).toString();
}
