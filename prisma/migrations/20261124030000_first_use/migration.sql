-- When an app made its first request; null until then.
ALTER TABLE "oauth_grants" ADD COLUMN "first_used_at" TIMESTAMPTZ(6);

-- Of apps that were used before this was kept, the first counted hour says it, as closely as it is known.
UPDATE "oauth_grants" AS g
SET "first_used_at" = LEAST(g."last_used_at", GREATEST(g."created_at", coalesce(
  (SELECT min(b."hour") FROM "usage_buckets" AS b WHERE b."user_id" = g."user_id" AND b."credential_id" = g."id"),
  g."last_used_at")))
WHERE g."last_used_at" IS NOT NULL;
