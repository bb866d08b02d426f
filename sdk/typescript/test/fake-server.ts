import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string; atMs: number };
/** What the server does with one request. */
export type Step = (response: ServerResponse, request: IncomingMessage) => void;

/** A server on a real socket that takes `steps` in order, the last one again and again, and notes what it was sent. */
export async function fakeServer(...steps: Step[]): Promise<AsyncDisposable & { url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const step = steps[Math.min(seen.length, steps.length - 1)];
    const entry = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: "",
      atMs: Date.now(),
    };
    seen.push(entry);
    for await (const chunk of request) entry.body += String(chunk);
    step?.(response, request);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A listener on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string | string[]> = {}): Step {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Step {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** An answer that a write takes for success. */
export const remembered: Step = json(201, {
  id: "1",
  content: "likes tea",
  memory_type: "semantic",
  confidence: 1,
  stability: 1,
});
export const ok: Step = json(200, { memories: [] });
export const failing = (status: number, headers: Record<string, string> = {}): Step =>
  json(status, { error: "unavailable", message: "Not now.", request_id: "r-1" }, headers);
/** Ends the connection without an answer. */
export const hangUp: Step = (_response, request) => request.socket.destroy();
/** Ends it within the answer. */
export const breakOff: Step = (response, request) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
  response.write('{"memories":', () => request.socket.destroy());
};
/** Never answers. */
export const silence: Step = () => undefined;
/** Answers with the head and never with the body. */
export const stall: Step = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write("{");
};
