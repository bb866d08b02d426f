import type { IncomingMessage } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";
import Provider, { type AdapterPayload } from "oidc-provider";
import { secretHash } from "./secret-hash.ts";
import { type ClientRow, findTokenRequestRows, type RefreshTokenRow } from "./token-statements.ts";

type Rows = { client: ClientRow; token: RefreshTokenRow; grant: AdapterPayload };
type Read<Row> = { id: string; row: Row | undefined };
type ReadRows = { -readonly [Kind in keyof Rows]?: Read<Rows[Kind]> };

/** What a token request presents, by its grant type: the member of the form, and the provider's model of it. */
const PRESENTED: Readonly<Record<string, { field: string; model: string }>> = {
  authorization_code: { field: "code", model: "AuthorizationCode" },
  refresh_token: { field: "refresh_token", model: "RefreshToken" },
};

const reads = new WeakMap<IncomingMessage, ReadRows>();

/**
 * Reads in one statement what the provider will ask for one after the other to answer this token request: three round trips less
 * two. It is only a memory: nothing is checked here, each row is given out once, and what cannot be read is asked for again.
 */
export async function readAhead(
  request: IncomingMessage,
  clientId: string,
  form: ParsedUrlQuery,
  graceSeconds: number,
): Promise<void> {
  const { grant_type: grantType } = form;
  const presented = typeof grantType === "string" && Object.hasOwn(PRESENTED, grantType) && PRESENTED[grantType];
  const value = presented && form[presented.field];
  if (!presented || typeof value !== "string") return;
  const { model } = presented;
  try {
    const rows = await findTokenRequestRows(clientId, model, secretHash(value), graceSeconds, new Date());
    const grantId = rows.token?.grantId;
    reads.set(request, {
      client: { id: clientId, row: rows.client },
      token: { id: tokenKey(model, value), row: rows.token },
      ...(grantId ? { grant: { id: grantId, row: rows.grant } } : {}),
    });
  } catch {
    // The database does not answer: the provider asks again, and says so.
  }
}

/** The row that was read ahead for the request that is being answered, once; undefined where none was, and it must be asked for. */
export function takeRow<Kind extends keyof Rows>(kind: Kind, id: string): Read<Rows[Kind]> | undefined {
  const request = Provider.ctx?.req;
  const rows: ReadRows | undefined = request && reads.get(request);
  const read = rows?.[kind];
  if (read?.id !== id) return undefined;
  delete rows?.[kind];
  return read;
}

/** The name of a code or refresh token among the rows that were read ahead. */
export function tokenKey(model: string, value: string): string {
  return `${model} ${value}`;
}
