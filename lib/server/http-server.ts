import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSocketServer, type Socket, type Server as SocketServer } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Env } from "../env.ts";
import { StartError } from "../start-error.ts";
import { countResponse } from "./count-response.ts";
import { errorBody } from "./respond.ts";

export type HttpServer = {
  server: Server;
  /** @throws StartError when the port is in use or may not be used. */
  listen: () => Promise<void>;
  /**
   * Takes no more connections, lets requests in flight finish, for at most `milliseconds`, and ends what is left.
   */
  drain: (milliseconds: number) => Promise<void>;
};

/** Against clients that send slowly on purpose; a body of the largest size takes a phone's connection some seconds. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often Node looks for connections that are past these; its own 30 s would let them live that much longer. */
const TIMEOUT_CHECK_MS = 5_000;
/** Longer than the idle time of common load balancers, so that it is they who close. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const HEADER_BYTES_MAX = 16 * 1024;
const DRAIN_POLL_MS = 10;

/** While a response is under way on a connection, Node keeps it there. */
type HttpSocket = Socket & { _httpMessage?: ServerResponse | null };

/**
 * The one HTTP server of the process, on HOST, or on both loopback addresses.
 * @param mayUpgrade which requests may leave HTTP. Others are answered as if they had not asked: without this, a request with
 * `Upgrade` would get no answer once anybody listens for upgrades.
 */
export function httpServer(
  environment: Pick<Env, "host" | "port">,
  listener: RequestListener,
  mayUpgrade: (request: IncomingMessage) => boolean = () => false,
): HttpServer {
  /** Connections and not requests: a request would pay for it, and only a drain asks. */
  const connections = new Set<HttpSocket>();
  const upgraded = new Set<Duplex>();
  let isDraining = false;
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      shouldUpgradeCallback: mayUpgrade,
    },
    (request, response) => {
      if (isDraining) response.setHeader("Connection", "close");
      listener(request, response);
    },
  );
  server.on("connection", (socket: HttpSocket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("clientError", answerClientError);
  server.on("upgrade", (_request, socket: Duplex) => upgraded.add(socket));
  const listeners: (Server | SocketServer)[] = [server];

  return {
    server,
    listen: async () => {
      await listenAt(server, environment.port, environment.host ?? "127.0.0.1");
      if (environment.host) return;
      const sixth = createSocketServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
        server.emit("connection", socket),
      );
      try {
        await listenAt(sixth, environment.port, "::1");
        listeners.push(sixth);
      } catch (error) {
        // Where the system has no IPv6, 127.0.0.1 has to do.
        if (error instanceof StartError) throw error;
      }
    },
    drain: async (milliseconds) => {
      isDraining = true;
      for (const each of listeners) each.close();
      server.closeIdleConnections();
      for (const socket of upgraded) socket.destroy();
      for (const { _httpMessage: response } of connections) {
        if (response && !response.headersSent) response.setHeader("Connection", "close");
      }
      const deadline = Date.now() + milliseconds;
      while (connections.size > 0 && Date.now() < deadline) {
        await delay(DRAIN_POLL_MS);
        server.closeIdleConnections();
      }
      server.closeAllConnections();
    },
  };
}

function listenAt(server: Server | SocketServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explain(error, port, host)));
    server.listen({ port, host }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === "EADDRINUSE") {
    return new StartError(`Port ${port} is in use. Stop what listens there, or set PORT to another number.`);
  }
  if (error.code === "EACCES") {
    return new StartError(`This user may not listen on port ${port}. Set PORT to a number over 1023.`);
  }
  if (host === "::1") return error;
  return new StartError(`HOST ${host} cannot be listened on (${error.code}). Set it to an address of this machine.`);
}

const CLIENT_ERRORS: Readonly<Record<string, [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "The headers are too large. Send less than 16 KiB."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "The request did not arrive in time. Send it again."],
};

/** What is no HTTP gets the JSON of an error too. A socket in the middle of an answer can only be closed. */
function answerClientError(error: NodeJS.ErrnoException, duplex: Duplex): void {
  const socket = duplex as HttpSocket;
  if (!socket.writable || error.code === "ECONNRESET" || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const known = CLIENT_ERRORS[error.code ?? ""];
  const [status, reason, message] = known ?? [400, "Bad Request", "This is not a valid HTTP request."];
  const body = errorBody("invalid_request", message);
  countResponse(status);
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
