import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** Clients and test suites of others against the started server, consent in a real browser. */
export default defineConfig({ ...config, testDir: "e2e/real-clients", testIgnore: [], timeout: 120_000 });
