import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** Clients of others against the started server, consent in a real browser. */
export default defineConfig({ ...config, testDir: "e2e/clients", testIgnore: [], timeout: 120_000 });
