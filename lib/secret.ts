import { hkdfSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Env, env } from "./env.ts";
import { privateFile } from "./postgres/data-dir.ts";
import { singleton } from "./singleton.ts";

/**
 * A key for one purpose, derived from the deployment's secret by HKDF-SHA-256 (RFC 5869): 32 bytes, base64url. The same in every
 * process that has the same secret; knowing one purpose's key says nothing about another's.
 * The secret is SECRET, or, with the built-in PostgreSQL, DATA_DIR/secret (0600), made the first time.
 * @throws StartError when DATA_DIR cannot be written. @throws Error where there is no secret: a gateway on its own has none.
 */
export function deriveSecret(purpose: string, environment: Env = env()): string {
  const derived = hkdfSync("sha256", deploymentSecret(environment), "pensyve-auth", purpose, 32);
  return Buffer.from(derived).toString("base64url");
}

/** {@link deriveSecret} as it was before SECRET changed; undefined without SECRET_PREVIOUS. For reading what it made, never for making. */
export function derivePreviousSecret(purpose: string, environment: Env = env()): string | undefined {
  const { secretPrevious } = environment;
  return secretPrevious && deriveSecret(purpose, { ...environment, secret: secretPrevious });
}

function deploymentSecret(environment: Env): string {
  if (environment.secret) return environment.secret;
  if (environment.databaseUrl) throw new Error("A process without SECRET derives no secrets.");
  const path = join(environment.dataDir, "secret");
  return singleton(`secret ${path}`, () => privateFile(path, () => randomBytes(48).toString("base64url")));
}
