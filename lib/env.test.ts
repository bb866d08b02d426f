import { expect, test } from "vitest";
import { parseEnv } from "./env.ts";

test.each<[string, Record<string, string>]>([
  ["PORT", { PORT: "http" }],
  ["PORT", { PORT: "65536" }],
  ["PORT", { PORT: "-1" }],
  ["PORT", { PORT: "3000.5" }],
  ["PUBLIC_URL", { PUBLIC_URL: "auth.example.org" }],
  ["PUBLIC_URL", { PUBLIC_URL: "http://auth.example.org" }],
  ["PUBLIC_URL", { PUBLIC_URL: "https://auth.example.org/path" }],
  ["PUBLIC_URL", { PUBLIC_URL: "https://user:secret-4711@auth.example.org" }],
  ["PUBLIC_URL", { PUBLIC_URL: "ftp://auth.example.org" }],
  ["API_URL", { API_URL: "https://api.example.org/?x" }],
  ["MCP_URL", { MCP_URL: "https://mcp.example.org/mcp" }],
  ["DATABASE_URL", { DATABASE_URL: "mysql://u:secret-4711@h/d" }],
  ["DATABASE_DIRECT_URL", { DATABASE_DIRECT_URL: "nothing" }],
  ["DATABASE_URL", { SERVE: "gateway" }],
  ["SECRET", { DATABASE_URL: "postgresql://u:p@h/d" }],
  ["SECRET", { SECRET: "secret-4711" }],
  ["SECRET_PREVIOUS", { SECRET: "s".repeat(32), SECRET_PREVIOUS: "secret-4711" }],
  ["SIGNING_KEY_DAYS", { SIGNING_KEY_DAYS: "never" }],
  ["SIGN_UP", { SIGN_UP: "yes" }],
  ["SERVE", { SERVE: "web" }],
  ["SERVE", { SERVE: "gateway,web" }],
  ["TRUST_PROXY", { TRUST_PROXY: "true" }],
  ["TRUST_PROXY", { TRUST_PROXY: "11" }],
  ["DATABASE_DIRECT_URL", { DATABASE_DIRECT_URL: "postgresql://u:p@h/d" }],
  ["ALLOWED_ORIGINS", { ALLOWED_ORIGINS: "foo" }],
  ["ALLOWED_ORIGINS", { ALLOWED_ORIGINS: "https://app.example.org, https://app.example.org/path" }],
  ["RATE_LIMIT", { RATE_LIMIT: "0" }],
  ["METRICS_TOKEN", { METRICS_TOKEN: "secret-4711" }],
  ["LOG_LEVEL", { LOG_LEVEL: "trace" }],
])("a wrong %s is named in one line that says what it must be: %j", (name, variables) => {
  let message = "";
  try {
    parseEnv(variables);
  } catch (error) {
    message = (error as Error).message;
    expect((error as Error).name).toBe("ConfigurationError");
  }
  expect(message).toMatch(new RegExp(`^${name} .{10,}\\.?$`));
  expect(message).not.toContain("\n");
  expect(message).not.toContain("secret-4711");
});

test("every wrong variable is named at once", () => {
  expect(() => parseEnv({ PORT: "x", LOG_LEVEL: "y" })).toThrow(/PORT .*LOG_LEVEL /);
});

test("an empty variable counts as not set", () => {
  expect(parseEnv({ PORT: "", DATABASE_URL: "", PUBLIC_URL: "" })).toMatchObject({
    port: 3000,
    databaseUrl: undefined,
    publicUrl: "http://localhost:3000",
  });
});

test("ALLOWED_ORIGINS takes origins, schemes and *", () => {
  const { allowedOrigins } = parseEnv({ ALLOWED_ORIGINS: "https://app.example.org, vscode-webview: ,*" });
  expect(allowedOrigins).toEqual(["https://app.example.org", "vscode-webview:", "*"]);
});
