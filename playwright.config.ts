import { defineConfig } from "@playwright/test";
import { findChromium } from "./e2e/chromium.ts";

const { executablePath, args, environment } = await findChromium();

export default defineConfig({
  testDir: "e2e",
  // Programs of others: npm run test:clients, npm run test:conformance.
  testIgnore: ["clients/**", "conformance/**"],
  outputDir: "test-results",
  // Two cores: one browser and one server at a time.
  workers: 1,
  forbidOnly: Boolean(process.env["CI"]),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    launchOptions: { executablePath, args, env: environment },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
