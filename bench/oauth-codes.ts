import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type Provider from "oidc-provider";

export const REDIRECT_URI = "http://127.0.0.1/callback";
export const SCOPE = "mcp:read mcp:write mcp";
/** A code that waits to be exchanged. */
export type Code = { code: string; verifier: string; clientId: string };
/** Where {@link withCodes} makes codes. */
export const CODES_PATH = "/bench/codes/";

type Source = {
  provider(): Provider;
  clientId: string;
  accountIds: readonly string[];
  resource: string;
  /** The id of a grant for which there is room already; undefined where the model makes that by itself. */
  reserveGrant(accountId: string): Promise<string | undefined>;
};

/** A listener that also makes codes, with consent behind them, through the provider's own models: `GET /bench/codes/200`. */
export function withCodes(listener: RequestListener, source: Source): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith(CODES_PATH)) return listener(request, response);
    makeCodes(source, Number(request.url.slice(CODES_PATH.length))).then(
      (codes) => response.end(JSON.stringify(codes)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  };
}

async function makeCodes(source: Source, count: number): Promise<Code[]> {
  const codes: Code[] = [];
  for (let index = 0; index < count; index += 1) {
    codes.push(await makeCode(source, source.accountIds[index % source.accountIds.length] ?? ""));
  }
  return codes;
}

async function makeCode({ provider, clientId, resource, reserveGrant }: Source, accountId: string): Promise<Code> {
  const { Grant, AuthorizationCode, Client } = provider();
  const client = await Client.find(clientId);
  if (!client) throw new Error("The client of the bench is gone.");
  const grant = new Grant({ accountId, clientId });
  grant.addResourceScope(resource, SCOPE);
  grant.addOIDCScope(`openid offline_access ${SCOPE}`);
  const reserved = await reserveGrant(accountId);
  if (reserved) grant.jti = reserved;
  const grantId = await grant.save();
  const verifier = randomBytes(32).toString("base64url");
  const code = new AuthorizationCode({
    accountId,
    client,
    grantId,
    redirectUri: REDIRECT_URI,
    scope: SCOPE,
    resource,
    codeChallenge: createHash("sha256").update(verifier).digest("base64url"),
    codeChallengeMethod: "S256",
    authTime: Math.floor(Date.now() / 1000),
    gty: "authorization_code",
  });
  return { code: await code.save(), verifier, clientId };
}
