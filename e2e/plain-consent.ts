import type { RunningServer } from "./fixtures.ts";
import type { App } from "./oauth-app.ts";
import { cookieOf, type PlainAnswer, plainRequest } from "./plain-http.ts";

/** A request that waits for its answer, in a browser reduced to its cookies. */
export type Asked = {
  uid: string;
  /** Of the request alone, without a session. */
  requestCookie: string;
  /** With the session that was given. */
  cookie: string;
  /** Of the form on the page. */
  token: string;
  page: PlainAnswer;
};

/** Opens the app's address and the consent page that it leads to, as a browser with this session does. */
export async function askPlainly(server: RunningServer, app: App, session: string): Promise<Asked> {
  const { pathname, search } = new URL(app.authorizeUrl());
  const sent = await plainRequest(server, pathname + search, { headers: { accept: "text/html" } });
  const uid = /\/consent\/([\w-]+)$/.exec(sent.headers.location ?? "")?.[1] ?? "";
  const requestCookie = cookieOf(sent);
  const cookie = `${requestCookie}; pensyve-session=${session}`;
  const page = await plainRequest(server, `/consent/${uid}`, { headers: { cookie } });
  const token = /name="token" value="([\w-]{43})"/.exec(page.body)?.[1] ?? "";
  return { uid, requestCookie, cookie, token, page };
}

/** Sends the form of a consent page; `headers` replace what a browser sends. */
export function answerPlainly(
  server: RunningServer,
  { uid, cookie, token }: Pick<Asked, "uid" | "cookie" | "token">,
  fields: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<PlainAnswer> {
  return plainRequest(server, `/consent/${uid}/answer`, {
    method: "POST",
    headers: {
      origin: server.url,
      cookie,
      accept: "text/html",
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    },
    body: new URLSearchParams({ token, answer: "allow", scope: "mcp", ...fields }).toString(),
  });
}

/** Goes on from an answer to the app; undefined when it leads elsewhere. */
export async function goOn(server: RunningServer, asked: Asked, answer: PlainAnswer): Promise<URL | undefined> {
  const { location = "" } = answer.headers;
  if (!location.startsWith(`${server.url}/oauth/authorize/`)) return undefined;
  const resumed = await plainRequest(server, new URL(location).pathname, {
    headers: { cookie: asked.cookie, accept: "text/html" },
  });
  const target = resumed.headers.location;
  return target === undefined ? undefined : new URL(target);
}
