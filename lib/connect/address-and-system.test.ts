import { expect, it } from "vitest";
import { isPublicAddress } from "./is-public-address.ts";
import { systemOf } from "./system-of.ts";

it.each([
  ["https://memory.example.org/mcp", true],
  ["https://203.0.113.7/mcp", true],
  ["https://[2001:db8::1]/mcp", true],
  ["http://memory.example.org/mcp", false],
  ["http://localhost:3000/mcp", false],
  ["https://localhost/mcp", false],
  ["https://memory.local/mcp", false],
  ["https://memory/mcp", false],
  ["https://192.168.1.2/mcp", false],
  ["https://172.20.0.1/mcp", false],
  ["https://127.0.0.1/mcp", false],
  ["https://100.64.0.1/mcp", false],
  ["https://[::1]/mcp", false],
  ["https://[fd00::1]/mcp", false],
  ["https://[fe80::1]/mcp", false],
])("%s is reachable from the internet: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

it.each([
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "windows"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", "macos"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", "macos"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101", "linux"],
  ["", "linux"],
])("%s runs on %s", (userAgent, expected) => {
  expect(systemOf(userAgent)).toBe(expected);
});
