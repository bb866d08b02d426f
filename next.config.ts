import type { NextConfig } from "next";

const config: NextConfig = {
  // Tests and a second server build into a folder of their own.
  distDir: process.env["NEXT_DIST_DIR"] ?? ".next",
  poweredByHeader: false,
  // server.ts hands /v1 and /mcp to the gateway before Next sees them; a redirect would only confuse clients of a wrong path.
  skipTrailingSlashRedirect: true,
  // Shared with server.ts in one process: bundled copies would be second instances.
  serverExternalPackages: [
    "pg",
    "@prisma/adapter-pg",
    "@prisma/client",
    "@prisma/schema-engine-wasm",
    "oidc-provider",
    "nodemailer",
  ],
  // tsc checks the types in the tests; TypeScript 7 has no API that the build could call.
  // Next rewrites the tsconfig that it is given, once per distDir; so it gets one that is not ours (and not in git).
  typescript: { ignoreBuildErrors: true, tsconfigPath: ".next-tsconfig.json" },
  // The front door writes one JSON line per request.
  logging: false,
  devIndicators: false,
};

export default config;
