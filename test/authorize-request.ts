import { randomBytes } from "node:crypto";
import { codeChallenge, REDIRECT_URI } from "./authorization-server.ts";

/** `undefined` leaves a parameter out, a list sends it several times. */
export type Values = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a well-behaved client sends to the authorization endpoint, with these changes. */
export function authorizeForm(issuer: string, clientId: string, changes: Values = {}): URLSearchParams {
  const parameters: Values = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    code_challenge: codeChallenge(randomBytes(32).toString("base64url")),
    code_challenge_method: "S256",
    state: "a state",
    resource: `${issuer}/mcp`,
    ...changes,
  };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of typeof value === "string" ? [value] : (value ?? [])) form.append(name, each);
  }
  return form;
}

export type AskOptions = { method?: "GET" | "POST"; accept?: string };
export type AuthorizeAnswer = {
  status: number;
  headers: Headers;
  text: string;
  /** Where it sends the browser, as far as that is an address elsewhere. */
  location: URL | undefined;
  /** Path of our consent page, when it sends the browser there. */
  page: string | undefined;
};

/** Sends the request as a program would, or as a browser with `accept: "text/html"`. Follows nothing. */
export async function askAuthorize(
  issuer: string,
  form: URLSearchParams | string,
  { method = "GET", accept = "application/json" }: AskOptions = {},
): Promise<AuthorizeAnswer> {
  const init = { method, redirect: "manual", headers: { accept } } as const;
  const endpoint = `${issuer}/oauth/authorize`;
  const response = await (method === "GET"
    ? fetch(`${endpoint}?${form}`, init)
    : fetch(endpoint, {
        ...init,
        body: String(form),
        headers: { accept, "content-type": "application/x-www-form-urlencoded" },
      }));
  const location = response.headers.get("location") ?? "";
  return {
    status: response.status,
    headers: response.headers,
    text: await response.text(),
    location: URL.canParse(location) ? new URL(location) : undefined,
    page: location.startsWith("/consent/") ? location : undefined,
  };
}
