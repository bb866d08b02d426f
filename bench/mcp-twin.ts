import { createServer, type IncomingMessage } from "node:http";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

/** The official SDK's own server as its documentation sets it up, with one tool that does nothing: no credential, no database. */
const handler = createMcpHandler(() => {
  const server = new McpServer({ name: "bare", version: "1.0.0" });
  server.registerTool(
    "pensyve_status",
    { description: "Says that it works.", inputSchema: z.object({}) },
    async () => ({
      content: [{ type: "text", text: JSON.stringify({ health: "ok" }) }],
    }),
  );
  return server;
});

const server = createServer(async (request, response) => {
  const body = await read(request);
  const answer = await handler.fetch(
    new Request("http://localhost/mcp", { method: "POST", headers: headersOf(request), body }),
  );
  const text = await answer.text();
  response.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const name of ["content-type", "accept", "mcp-protocol-version"]) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  return headers;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
