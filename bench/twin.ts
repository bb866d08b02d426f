import { readFileSync } from "node:fs";
import { createServer } from "node:http";

/**
 * The least that could answer: Node's own server, which reads the Authorization header and writes the headers and bytes of the
 * gateway's answer, given as `{ path: { headers, body } }` in the file that ANSWERS names.
 */
type Answer = { headers: string[]; body: string };
const answers = new Map<string, Answer>(Object.entries(JSON.parse(readFileSync(process.env["ANSWERS"] ?? "", "utf8"))));

const server = createServer((request, response) => {
  const answer = answers.get(request.url ?? "");
  const isBearer = request.headers.authorization?.startsWith("Bearer ");
  if (!answer || !isBearer) {
    response.writeHead(401).end();
    return;
  }
  response.writeHead(200, answer.headers);
  response.end(answer.body);
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
