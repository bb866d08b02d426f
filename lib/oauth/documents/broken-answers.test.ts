import type { LookupAddress } from "node:dns";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchPublicly, type Network } from "./fetch-publicly.ts";

/** What is sent, byte for byte: Node's own server would refuse to. */
let answer = "";
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  socket.on("error", () => undefined);
  socket.once("data", () => socket.write(answer));
});
let origin = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://client.example:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const LOOPBACK: LookupAddress = { address: "127.0.0.1", family: 4 };
const open: Network = {
  lookup: (_host, options, callback) =>
    options.all ? callback(null, [LOOPBACK]) : callback(null, LOOPBACK.address, LOOPBACK.family),
  isAllowed: () => true,
  allowsHttp: true,
};

async function isLeft(): Promise<void> {
  await expect.poll(() => sockets.size).toBe(0);
}

test.each([
  "HTTP/1.1 000 Zero\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 099 Too low\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 600 Too high\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 700 Too high\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 999 Too high\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 101 Switching Protocols\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
  "HTTP/1.1 200 OK\r\nx-name: \u0000\r\n\r\n{}",
  "HTTP/1.1 nonsense\r\n\r\n",
  "nonsense\r\n\r\n",
])(
  "attack 23: the answer %j is an error of the fetch, which ends at once, and no exception of the process",
  async (sent) => {
    answer = sent;
    const exceptions: unknown[] = [];
    const onException = (error: unknown) => void exceptions.push(error);
    process.on("uncaughtException", onException);
    try {
      const failure = await fetchPublicly(`${origin}/client.json`, {}, open).catch((error) => error);
      expect(failure).toBeInstanceOf(Error);
      // It was not time that ended it.
      expect(["TimeoutError", "AbortError"]).not.toContain(failure.name);
      await isLeft();
    } finally {
      process.off("uncaughtException", onException);
    }
    expect(exceptions).toEqual([]);
  },
);

test("attack 23: what is said before an answer, and after it, does not matter", async () => {
  answer =
    "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}HTTP/1.1 700 No\r\n\r\n";
  const response = await fetchPublicly(`${origin}/client.json`, {}, open);
  expect([response.status, await response.text()]).toEqual([200, "{}"]);
  await isLeft();
});
