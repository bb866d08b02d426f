import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonNotFound } from "./json-not-found.ts";

let server: Server;
let url = "";
beforeAll(async () => {
  // A page as Next sends it: headers first, then the body in pieces.
  server = createServer((request, response) => {
    response.setHeader("X-Request-Id", "a request");
    jsonNotFound(request, response);
    response.setHeader("Content-Encoding", "gzip");
    response.statusCode = request.url === "/there" ? 200 : 404;
    response.setHeader("Content-Type", "text/html");
    response.removeHeader("Content-Encoding");
    response.setHeader("Link", "</font.woff2>; rel=preload");
    response.write("<p>");
    response.end("a page");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const ask = (path: string, accept: string, method = "GET") => fetch(url + path, { method, headers: { accept } });

test.each(["application/json", "application/json, text/event-stream", "application/json, */*"])(
  "a program that accepts %s reads JSON where nothing is, for every method",
  async (accept) => {
    for (const method of ["GET", "POST"]) {
      const answer = await ask("/register", accept, method);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/json"]);
      expect(await answer.json()).toMatchObject({ error: "not_found" });
      expect([answer.headers.get("x-request-id"), answer.headers.get("link")]).toEqual(["a request", null]);
    }
    expect(await (await ask("/register", accept, "HEAD")).text()).toBe("");
  },
);

test("people get the page, and what exists is what it is for everybody", async () => {
  for (const accept of ["text/html,application/json", "text/html", "*/*"]) {
    const answer = await ask("/register", accept);
    expect([answer.status, await answer.text()]).toEqual([404, "<p>a page"]);
  }
  const there = await ask("/there", "application/json");
  expect([there.status, await there.text()]).toEqual([200, "<p>a page"]);
});
