import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type CallbackServer = {
  /** Where the browser is sent to. */
  url: string;
  /** The first request that reached it, as an absolute URL. */
  answer: Promise<URL>;
  close(): void;
};

/** The loopback listener of a command-line client (RFC 8252 section 7.3). */
export async function callbackServer(): Promise<CallbackServer> {
  const answered = Promise.withResolvers<URL>();
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/plain").end("You can close this tab.");
    if (request.url?.startsWith("/callback")) answered.resolve(new URL(request.url, "http://127.0.0.1"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/callback`,
    answer: answered.promise,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
