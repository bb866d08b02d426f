import { createServer } from "node:net";
import { AddressRefused, fetchPublicly, type Network, PUBLIC_INTERNET } from "./fetch-publicly.ts";

/**
 * Proves at the start, on real sockets, that a stranger's document cannot lead to this machine: by name, by address, and by an IPv4
 * address in IPv6.
 * @throws when one of these was connected to, or an address failed for another reason: then nothing may be fetched at all.
 */
export async function proveLoopbackIsRefused(network: Network = PUBLIC_INTERNET): Promise<void> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    for (const host of ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"]) {
      const error = await fetchPublicly(`https://${host}:${port}/client.json`, {}, network).catch((caught) => caught);
      // A machine without the name localhost fails to resolve it, which is as good.
      const isRefused = error instanceof AddressRefused || (host === "localhost" && error instanceof Error);
      if (!isRefused || connections > 0) {
        throw new Error(
          `A client's metadata document at ${host} could have been fetched from this machine: the filter of addresses does not work. Set CIMD=off and report this.`,
          { cause: error },
        );
      }
    }
  } finally {
    server.close();
  }
}
