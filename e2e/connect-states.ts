import type { Page } from "@playwright/test";
import { openPage } from "./dashboard.ts";
import type { RunningServer } from "./fixtures.ts";

/** Connect a client: a button, a variable, an address to type, a program. */
export const CONNECT_STATES: readonly { name: string; reach: (page: Page, server: RunningServer) => Promise<void> }[] =
  [
    { name: "connect", reach: (page, server) => openPage(page, server, "/connect?client=cursor&os=macos") },
    {
      name: "connect-key",
      reach: (page, server) => openPage(page, server, "/connect?client=codex&with=key&os=windows"),
    },
    { name: "connect-form", reach: (page, server) => openPage(page, server, "/connect?client=chatgpt&os=macos") },
    { name: "connect-code", reach: (page, server) => openPage(page, server, "/connect?client=go&with=key&os=linux") },
  ];
