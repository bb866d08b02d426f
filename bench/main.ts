/** Everything that is measured, one after the other. `--only-me`: GET /v1/me alone; `--only-oauth`: the token endpoint alone. */
if (!process.argv.includes("--only-oauth")) await import("./gateway.ts");
if (!process.argv.includes("--only-me")) await import("./oauth.ts");

export {};
