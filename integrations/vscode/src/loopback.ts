import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const PAGE_HEADERS = {
  "Content-Type": "text/plain; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

export type LoopbackListener = {
  /** The redirect URI: the IPv4 address and not its name, which other machines can be made to answer to (RFC 8252 section 8.3). */
  url: string;
  /** The address that the browser came to, with the expected state. */
  answer: Promise<URL>;
  close(): void;
};

/** Listens on a free port of this computer for the answer with this `state`; everything else that asks gets 404 and changes nothing. */
export async function listenOnLoopback(state: string): Promise<LoopbackListener> {
  const answered = Promise.withResolvers<URL>();
  const server = createServer((request, response) => {
    const address = readAddress(request.url ?? "", `http://127.0.0.1:${port}`);
    const isAnswer = address?.pathname === "/callback" && address.searchParams.get("state") === state;
    if (request.method !== "GET" || !address || !isAnswer)
      return show(response, 404, "Nothing here. Sign in from the editor.");
    show(response, 200, "You can close this tab and go back to the editor.");
    answered.resolve(address);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/callback`,
    answer: answered.promise,
    close: () => {
      server.close();
      server.closeIdleConnections();
    },
  };
}

function show(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...PAGE_HEADERS, Connection: "close" }).end(`${text}\n`);
}

function readAddress(path: string, origin: string): URL | undefined {
  return path.startsWith("/") && URL.canParse(origin + path) ? new URL(origin + path) : undefined;
}
