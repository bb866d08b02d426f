import { expect, test } from "vitest";
import { serverAddress } from "./server-address.ts";

test.each([
  ["https://memory.example.org", "https://memory.example.org"],
  [" https://Memory.Example.org/ ", "https://memory.example.org"],
  ["https://memory.example.org/mcp", "https://memory.example.org"],
  ["https://memory.example.org/v1/", "https://memory.example.org"],
  ["https://example.org/pensyve/mcp/", "https://example.org/pensyve"],
  ["http://localhost:3000", "http://localhost:3000"],
  ["http://127.0.0.1:3000/", "http://127.0.0.1:3000"],
  ["http://[::1]:3000", "http://[::1]:3000"],
])("%j is the address %s", (setting, address) => {
  expect(serverAddress(setting)).toBe(address);
});

test.each([
  "",
  "memory.example.org",
  "http://memory.example.org",
  "http://localhost.example.org",
  "http://127.0.0.1.example.org",
  "ftp://localhost",
  "https://user:password@memory.example.org",
  "https://memory.example.org?x=1",
  "https://memory.example.org#x",
])("%j is refused with a way to the settings: no credential goes there", (setting) => {
  expect(() => serverAddress(setting)).toThrow(expect.objectContaining({ name: "Refusal", next: "open_settings" }));
});
