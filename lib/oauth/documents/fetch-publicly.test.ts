import type { LookupAddress } from "node:dns";
import http from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AddressRefused, fetchPublicly, type Network } from "./fetch-publicly.ts";
import { isPublicAddress } from "./public-address.ts";
import { proveLoopbackIsRefused } from "./self-test.ts";

let connections = 0;
const requests: http.IncomingMessage[] = [];
const server = http.createServer((request, response) => {
  requests.push(request);
  if (request.url === "/redirect") response.writeHead(302, { location: "/client.json" }).end();
  else if (request.url === "/slow") response.writeHead(200).write("{");
  else if (request.url === "/endless") {
    response.writeHead(200);
    const timer = setInterval(() => response.write("x".repeat(65_536)), 1);
    response.once("close", () => clearInterval(timer));
  } else if (request.url === "/headers") response.writeHead(200, { "x-much": "x".repeat(40_000) }).end();
  else response.writeHead(200, { "content-type": "application/json", "cache-control": "max-age=60" }).end("{}");
});
server.on("connection", () => {
  connections += 1;
});
let origin = "";
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  origin = `http://client.example:${port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const answering =
  (...addresses: string[]): LookupFunction =>
  (_host, options, callback) => {
    const found: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all) callback(null, found);
    else callback(null, addresses[0] ?? "", 4);
  };
/** The strict filter, in front of a name server that points where it likes. */
const pointing = (...addresses: string[]): Network => ({
  lookup: answering(...addresses),
  isAllowed: isPublicAddress,
  allowsHttp: true,
});
/** Lets loopback pass, so that what comes after the filter can be seen on real sockets. */
const open: Network = { lookup: answering("127.0.0.1"), isAllowed: () => true, allowsHttp: true };

test.each([
  ["loopback", ["127.0.0.1"]],
  ["loopback of IPv6", ["::1"]],
  ["IPv4 in IPv6", ["::ffff:127.0.0.1"]],
  ["the metadata service of a cloud", ["169.254.169.254"]],
  ["a private network", ["10.1.2.3"]],
  ["carrier-grade NAT", ["100.64.1.1"]],
  ["a public and a private address", ["93.184.216.34", "127.0.0.1"]],
  ["nothing", []],
])("CIM-05 attack 23: a name that resolves to %s is refused before a connection is tried", async (_name, addresses) => {
  const before = connections;
  const failure = await fetchPublicly(`${origin}/client.json`, {}, pointing(...addresses)).catch((error) => error);
  expect(failure).toBeInstanceOf(AddressRefused);
  expect(connections).toBe(before);
});

test("CIM-05 attack 23: a literal address is refused however it is written, and rebinding the name does not help", async () => {
  const before = connections;
  const hosts = ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]"];
  for (const host of hosts) {
    const failure = await fetchPublicly(`http://${host}:${port}/`, {}, pointing("8.8.8.8")).catch((error) => error);
    expect([host, failure]).toEqual([host, expect.any(AddressRefused)]);
  }
  // First an address that passes, where nobody listens, then this machine: each fetch connects to what it has checked itself.
  let asked = 0;
  const rebinding: LookupFunction = (host, options, callback) => {
    asked += 1;
    answering(asked === 1 ? "127.0.0.2" : "127.0.0.1")(host, options, callback);
  };
  const network = { lookup: rebinding, isAllowed: (address: string) => address === "127.0.0.2", allowsHttp: true };
  const failures = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    failures.push(await fetchPublicly(`${origin}/`, {}, network).catch((error) => error instanceof AddressRefused));
  }
  expect(failures).toEqual([false, true, true]);
  expect(asked).toBe(3);
  expect(connections).toBe(before);
});

test("CIM-05 attack 23: an address that gets past the name server is cut when it is connected to, before anything is sent", async () => {
  const seen = requests.length;
  let checks = 0;
  const isAllowed = () => {
    checks += 1;
    return checks === 1;
  };
  const failure = await fetchPublicly(`${origin}/`, {}, { ...open, isAllowed }).catch((error) => error);
  expect(failure).toBeInstanceOf(AddressRefused);
  expect(requests.length).toBe(seen);
});

test("CIM-04 attack 23: a redirect is an answer, and is not followed; nothing but TLS is taken from strangers", async () => {
  const seen = requests.length;
  expect((await fetchPublicly(`${origin}/redirect`, {}, open)).status).toBe(302);
  expect(requests.length).toBe(seen + 1);
  await expect(fetchPublicly(`${origin}/`, {})).rejects.toThrow("http: is not fetched");
  await expect(fetchPublicly("file:///etc/passwd", {}, open)).rejects.toThrow("not fetched");
});

test("CIM-04: it is a GET without cookies, credentials or compression", async () => {
  const answer = await fetchPublicly(`${origin}/client.json`, { headers: { accept: "application/json" } }, open);
  expect([answer.status, answer.headers.get("cache-control"), await answer.text()]).toEqual([200, "max-age=60", "{}"]);
  const sent = requests.at(-1);
  expect(sent?.method).toBe("GET");
  expect(sent?.headers).toMatchObject({ accept: "application/json", "accept-encoding": "identity" });
  for (const name of ["cookie", "authorization", "referer"]) expect(sent?.headers).not.toHaveProperty(name);
});

test("CIM-04 attack 23: an answer that does not end is cut off by the caller's time or size, and large headers are refused", async () => {
  const slow = await fetchPublicly(`${origin}/slow`, { signal: AbortSignal.timeout(200) }, open);
  await expect(slow.text()).rejects.toThrow();
  const endless = await fetchPublicly(`${origin}/endless`, {}, open);
  let length = 0;
  for await (const chunk of endless.body ?? []) {
    length += chunk.length;
    if (length > 5_120) break;
  }
  const closed = requests.at(-1)?.socket;
  await new Promise<void>((resolve) => (closed?.destroyed ? resolve() : closed?.once("close", () => resolve())));
  await expect(fetchPublicly(`${origin}/headers`, {}, open)).rejects.toThrow();
});

test("CIM-05: the proof at the start passes here, and fails where the filter does not work", async () => {
  await proveLoopbackIsRefused();
  await expect(proveLoopbackIsRefused({ ...open, lookup: answering("127.0.0.1") })).rejects.toThrow("CIMD=off");
});
