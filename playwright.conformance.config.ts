import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** The conformance suite of MCP against the started server, consent in a real browser. */
export default defineConfig({ ...config, testDir: "e2e/conformance", testIgnore: [], timeout: 120_000 });
