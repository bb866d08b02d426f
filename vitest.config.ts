import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "lib/**/*.test.ts",
      "cli/**/*.test.ts",
      "scripts/**/*.test.ts",
      "test/**/*.test.ts",
      "components/**/*.test.ts",
      "app/**/*.test.ts",
      "integrations/**/*.test.ts",
    ],
    exclude: ["**/*.slow.test.ts", "**/node_modules/**"],
    // The editor's API exists only inside an editor.
    alias: { vscode: new URL("integrations/vscode/test/fake-vscode.ts", import.meta.url).pathname },
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
