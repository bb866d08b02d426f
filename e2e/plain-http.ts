import { type IncomingHttpHeaders, request } from "node:http";
import { ADMINISTRATOR, type RunningServer } from "./fixtures.ts";

export type PlainAnswer = { status: number; headers: IncomingHttpHeaders; body: string };

/** One request exactly as given: no client tidies the path, adds or drops a header. */
export function plainRequest(
  server: RunningServer,
  path: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const host = new URL(server.url).host;
    const length = body.length > 0 ? { "content-length": String(Buffer.byteLength(body)) } : {};
    const options = { host: "127.0.0.1", port: server.port, path, method, headers: { host, ...length, ...headers } };
    const sent = request({ ...options, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Next first sends a router to the address with the checksum of its headers (`_rsc`): the answer there is the one that counts. */
export async function askFully(
  server: RunningServer,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<PlainAnswer> {
  const first = await plainRequest(server, path, { method, headers });
  const { location } = first.headers;
  return location?.includes("_rsc=") ? await plainRequest(server, location, { method, headers }) : first;
}

/** Fills and sends the form of a page as a browser without scripts does: its hidden fields, multipart, with an Origin. */
export async function sendForm(
  server: RunningServer,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<PlainAnswer> {
  const page = await plainRequest(server, path, headers["cookie"] ? { headers: { cookie: headers["cookie"] } } : {});
  const form = new FormData();
  const inputs = page.body.matchAll(/<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g);
  for (const [, name, value] of inputs) form.append(unescaped(name), unescaped(value));
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  const type = encoded.headers.get("content-type") ?? "";
  return plainRequest(server, path, {
    method: "POST",
    headers: { origin: server.url, "content-type": type, ...headers },
    body,
  });
}

/** The name=value of a Set-Cookie, to send it back. */
export function cookieOf(answer: PlainAnswer): string {
  return (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");
}

/** Signs the shared account in without a browser. */
export async function signedInCookie(server: RunningServer): Promise<string> {
  const { email, password } = ADMINISTRATOR;
  return cookieOf(await sendForm(server, "/sign-in", { email, password }));
}

function unescaped(text = ""): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}
