import { Refusal } from "./refusals.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The address of a server as the setting holds it, in one spelling: without a slash at its end, and without `/mcp` or `/v1`, which
 * people copy along from elsewhere.
 * @throws Refusal unless it is https, or http on this computer: a credential would cross the network in the clear.
 */
export function serverAddress(setting: string): string {
  const text = setting.trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new Refusal("Set pensyve.serverUrl to an address like https://memory.example.org.", "open_settings");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new Refusal("Remove user, password, query and fragment from pensyve.serverUrl.", "open_settings");
  }
  if (!isSafeToAsk(url)) {
    throw new Refusal("Use https in pensyve.serverUrl; http is only for servers on this computer.", "open_settings");
  }
  return `${url.origin}${url.pathname}`.replace(/(\/(mcp|v1))?\/*$/, "");
}

/** Whether secrets may be sent there: over TLS, or without leaving this computer. */
export function isSafeToAsk(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

/** Whether it names this computer (RFC 8252 section 7.3). */
export function isLoopback(url: URL): boolean {
  return LOOPBACK.has(url.hostname);
}
