import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { freePort } from "#test/free-port.ts";
import { allowInBrowser } from "../allow.ts";
import { clientHome, runClient } from "../clients/run-client.ts";
import { expect, test } from "../dashboard.ts";
import { makeKey } from "../make-key.ts";

const PACKAGES = join(import.meta.dirname, "packages");

test("ASM-01 ASM-07 AUT-01: the conformance suite of MCP passes the authorization server", async ({
  page,
  server,
  person: _,
}) => {
  const home = await clientHome();
  const port = await freePort();
  const registered = await fetch(`${server.url}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "Conformance suite",
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
      token_endpoint_auth_method: "none",
    }),
  });
  const { client_id: clientId } = await registered.json();
  const args = [
    "authorization",
    "--url",
    server.url,
    "--client-id",
    clientId,
    "--port",
    String(port),
    "--resource",
    `${server.url}/mcp`,
  ];
  const run = runClient("conformance", args, home.path, {}, PACKAGES);
  try {
    await allowInBrowser(page, await run.says(/(http\S+\/oauth\/authorize\?\S+)/));
    expect(await run.ended, run.output()).toBe(0);
    expect(run.output()).not.toMatch(/[1-9]\d* failed/);
  } finally {
    await run.stop();
    await home.remove();
  }
});

for (const revision of ["2025-11-25", "2026-07-28"]) {
  test(`TRN-01 LEG-01: the conformance suite of MCP ${revision} finds nothing at the gateway that is not on the list of what it lacks`, async ({
    server,
    person,
  }) => {
    const home = await clientHome();
    const proxy = await keyProxy(server.url, await makeKey(server, person.email, "suite"));
    // The list holds exactly what needs fixtures of the suite, or capabilities that the server does not announce: a new failure fails
    // the run, and so does a pass.
    const baseline = join(import.meta.dirname, `expected-failures-${revision}.yml`);
    const args = [
      "server",
      "-o",
      `/tmp/conf-out-${revision}`,
      "--url",
      `${proxy.url}/mcp`,
      "--requirements",
      revision,
      "--expected-failures",
      baseline,
    ];
    const run = runClient("conformance", args, home.path, {}, PACKAGES);
    try {
      expect(await run.ended, run.output()).toBe(0);
    } finally {
      proxy.close();
      await home.remove();
    }
  });
}

/** The suite cannot send a credential: this puts one in. */
async function keyProxy(target: string, key: string): Promise<{ url: string; close(): void }> {
  const { port: targetPort, host } = new URL(target);
  const server = createServer((request, response) => {
    const headers = { ...request.headers, host, authorization: `Bearer ${key}` };
    const options = { host: "127.0.0.1", port: targetPort, path: request.url, method: request.method, headers };
    const forwarded = httpRequest(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    request.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
