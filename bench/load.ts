import { connect, type Socket } from "node:net";

export type Load = { requests: number; seconds: number; failures: number };

/**
 * Keeps `connections` connections busy for `seconds`, one request at a time on each, taking turns through `requests` (raw
 * bytes, keep-alive). Reads as little of the answers as it can, so that one core of client keeps up with one of server.
 */
export async function applyLoad(
  port: number,
  requests: readonly Buffer[],
  seconds: number,
  connections = 32,
): Promise<Load> {
  const load = { requests: 0, seconds: 0, failures: 0 };
  let next = 0;
  let isOver = false;
  const started = performance.now();
  const take = (): Buffer => {
    next = (next + 1) % requests.length;
    return requests[next] ?? Buffer.alloc(0);
  };
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      const answers = makeReader((status) => {
        load.requests += 1;
        if (status !== 200) load.failures += 1;
        if (isOver) socket.end();
        else socket.write(take());
      });
      socket.on("connect", () => socket.write(take()));
      socket.on("data", answers);
      socket.on("error", reject);
      socket.on("close", () => resolve());
    });
  const all = Promise.all(Array.from({ length: connections }, run));
  setTimeout(() => {
    isOver = true;
  }, seconds * 1_000);
  await all;
  load.seconds = (performance.now() - started) / 1_000;
  return load;
}

/** Sends one request and returns the whole answer. */
export function sendOnce(port: number, request: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: "127.0.0.1" });
    const chunks: Buffer[] = [];
    const read = makeReader(() => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString());
    });
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      read(chunk);
    });
    socket.on("error", reject);
    socket.write(request);
  });
}

/** Calls `onAnswer` with the status each time a whole answer (Content-Length or chunked) has come in. */
function makeReader(onAnswer: (status: number) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = pending.toString("latin1", 0, headEnd);
      const at = head.toLowerCase().indexOf("content-length: ");
      const end = at < 0 ? -1 : headEnd + 4 + Number.parseInt(head.slice(at + 16), 10);
      if (end < 0 || pending.length < end) return;
      pending = pending.subarray(end);
      onAnswer(Number(head.slice(9, 12)));
    }
  };
}
