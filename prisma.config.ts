import { defineConfig } from "prisma/config";

/** Only `prisma generate` reads this: migrations run through lib/migrate.ts, which needs no native engine. */
export default defineConfig({ schema: "prisma/schema.prisma" });
