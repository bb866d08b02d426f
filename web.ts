import type { Server } from "node:http";
import next from "next";
import { env } from "#lib/env.ts";
import type { Handler } from "#lib/server/front-door.ts";
import { respondError } from "#lib/server/respond.ts";
import { dropUnreadableRouterState, isReadableTarget } from "#lib/session/readable-request.ts";

/**
 * Next, mounted into the server: the pages. In development it also serves its socket for reloading through `server`.
 * Loaded only with the web role, and after NEXTAUTH_URL is set.
 */
export async function startPages(
  server: Server,
  isDevelopment: boolean,
): Promise<{ handle: Handler; close: () => Promise<void> }> {
  const { host, port } = env();
  const app = next({
    // Where Next calls itself after an action that redirects, with the caller's cookies: without these, port 3000, whoever listens.
    hostname: host ?? "localhost",
    port,
    dev: isDevelopment,
    dir: import.meta.dirname,
    httpServer: server,
    customServer: true,
    turbopack: true,
  });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    handle: (request, response) => {
      if (!isReadableTarget(request.url ?? "/")) return respondError(response, "invalid_request");
      dropUnreadableRouterState(request.headers);
      void handle(request, response);
    },
    close: () => app.close(),
  };
}
