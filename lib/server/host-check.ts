import type { Env } from "../env.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * The Host values that requests may name: those of PUBLIC_URL, API_URL and MCP_URL, and every loopback name of the same port where one of
 * them is a loopback address. Anything else is a page of another site that had its name point here (DNS rebinding), or a mistake.
 */
export function allowedHosts(environment: Pick<Env, "publicUrl" | "apiUrl" | "mcpUrl">): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const origin of [environment.publicUrl, environment.apiUrl, environment.mcpUrl]) {
    const url = new URL(origin);
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    const names = LOOPBACK.includes(url.hostname) ? LOOPBACK : [url.hostname];
    for (const name of names) {
      hosts.add(`${name}:${port}`);
      if (!url.port) hosts.add(name);
    }
  }
  return hosts;
}

/**
 * The one Host of a request, in lower case; undefined when there is none or more than one (RFC 9112 section 3.2).
 * @param rawHeaders names and values in turn, as Node keeps them.
 */
export function singleHost(rawHeaders: readonly string[]): string | undefined {
  let host: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    // How nearly everybody writes it: to change the case of a text costs more than all else here.
    if (name !== "Host" && (name?.length !== 4 || name.toLowerCase() !== "host")) continue;
    if (host !== undefined) return undefined;
    host = rawHeaders[index + 1]?.toLowerCase();
  }
  return host;
}
