CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "email_verified_at" TIMESTAMPTZ(6),
    "password_hash" TEXT,
    "is_administrator" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "authenticated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "one_time_tokens" (
    "id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "purpose" TEXT NOT NULL,
    "email" TEXT,
    "user_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "consumed_at" TIMESTAMPTZ(6),

    CONSTRAINT "one_time_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_backoffs" (
    "subject" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_failed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retry_at" TIMESTAMPTZ(6),

    CONSTRAINT "sign_in_backoffs_pkey" PRIMARY KEY ("subject")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "prefix" VARCHAR(8),
    "is_imported" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),
    "lifetime_seconds" INTEGER,
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_by" TEXT,
    "rotated_at" TIMESTAMPTZ(6),
    "grace_ends_at" TIMESTAMPTZ(6),
    "predecessor_id" UUID,
    "last_used_at" TIMESTAMPTZ(6),
    "last_used_address" TEXT,
    "last_used_client" TEXT,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "key_sightings" (
    "key_id" UUID NOT NULL,
    "client" VARCHAR(200) NOT NULL,
    "address" VARCHAR(200) NOT NULL,
    "first_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "requests" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "key_sightings_pkey" PRIMARY KEY ("key_id","client","address")
);

-- CreateTable
CREATE TABLE "credential_events" (
    "id" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "user_id" UUID,
    "subject_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway_instances" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_instances_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_leases" (
    "bucket" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(6) NOT NULL,
    "leased" INTEGER NOT NULL,

    CONSTRAINT "rate_leases_pkey" PRIMARY KEY ("bucket","window_start")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "user_id" UUID,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "action" TEXT NOT NULL,
    "target_type" TEXT,
    "target_id" TEXT,
    "target_name" TEXT,
    "address" TEXT,
    "user_agent" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_buckets" (
    "user_id" UUID NOT NULL,
    "credential_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(6) NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "refused" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "usage_buckets_pkey" PRIMARY KEY ("user_id","credential_id","hour","operation")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "user_id" UUID NOT NULL,
    "act" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "result_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("user_id","act","key")
);

-- CreateTable
CREATE TABLE "entities" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "namespace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "entities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "episodes" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "namespace" TEXT NOT NULL,
    "participants" TEXT[],
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(6),
    "outcome" TEXT,

    CONSTRAINT "episodes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memories" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "namespace" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "entity_id" UUID,
    "source_entity_id" UUID,
    "episode_id" UUID,
    "predicate" TEXT,
    "object" TEXT,
    "content" TEXT NOT NULL,
    "content_type" TEXT NOT NULL DEFAULT 'text',
    "confidence" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "stability" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "retrievability" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "event_time" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "access_count" INTEGER NOT NULL DEFAULT 0,
    "last_accessed_at" TIMESTAMPTZ(6),
    "written_by" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "memories_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "accounts_user_id_idx" ON "accounts"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_provider_subject_key" ON "accounts"("provider", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "sessions"("token_hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_tokens_token_hash_key" ON "one_time_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "one_time_tokens_purpose_idx" ON "one_time_tokens"("purpose");

-- CreateIndex
CREATE INDEX "one_time_tokens_expires_at_idx" ON "one_time_tokens"("expires_at");

-- CreateIndex
CREATE INDEX "sign_in_backoffs_last_failed_at_idx" ON "sign_in_backoffs"("last_failed_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_predecessor_id_key" ON "api_keys"("predecessor_id");

-- CreateIndex
CREATE INDEX "api_keys_user_id_created_at_idx" ON "api_keys"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "key_sightings_key_id_last_seen_at_idx" ON "key_sightings"("key_id", "last_seen_at");

-- CreateIndex
CREATE INDEX "credential_events_created_at_idx" ON "credential_events"("created_at");

-- CreateIndex
CREATE INDEX "rate_leases_window_start_idx" ON "rate_leases"("window_start");

-- CreateIndex
CREATE INDEX "audit_events_user_id_occurred_at_id_idx" ON "audit_events"("user_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "audit_events_target_id_occurred_at_idx" ON "audit_events"("target_id", "occurred_at");

-- CreateIndex
CREATE INDEX "usage_buckets_hour_idx" ON "usage_buckets"("hour");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "entities_user_id_namespace_name_key" ON "entities"("user_id", "namespace", "name");

-- CreateIndex
CREATE INDEX "episodes_user_id_started_at_idx" ON "episodes"("user_id", "started_at");

-- CreateIndex
CREATE INDEX "memories_user_id_created_at_id_idx" ON "memories"("user_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "memories_user_id_namespace_created_at_id_idx" ON "memories"("user_id", "namespace", "created_at", "id");

-- CreateIndex
CREATE INDEX "memories_user_id_entity_id_idx" ON "memories"("user_id", "entity_id");

-- CreateIndex
CREATE INDEX "memories_user_id_source_entity_id_idx" ON "memories"("user_id", "source_entity_id");

-- CreateIndex
CREATE INDEX "memories_user_id_episode_id_idx" ON "memories"("user_id", "episode_id");

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_predecessor_id_fkey" FOREIGN KEY ("predecessor_id") REFERENCES "api_keys"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "key_sightings" ADD CONSTRAINT "key_sightings_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entities" ADD CONSTRAINT "entities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "episodes" ADD CONSTRAINT "episodes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memories" ADD CONSTRAINT "memories_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Full text: stems of English, built by the database so that no writer can forget it.
ALTER TABLE "memories" ADD COLUMN "search" tsvector GENERATED ALWAYS AS (to_tsvector('english', "content")) STORED;
-- The owner leads, so that a search costs what its owner has stored, whatever others have.
CREATE INDEX "memories_search_idx" ON "memories" USING GIN ("user_id", "search");
-- Typos: trigram similarity of words.
CREATE INDEX "memories_content_trgm_idx" ON "memories" USING GIN ("user_id", "content" gin_trgm_ops);
-- No samples of whole texts: to plan, PostgreSQL would compare the query's words with each of them (7 ms) and learn nothing.
ALTER TABLE "memories" ALTER COLUMN "content" SET STATISTICS 0;
-- Recall counts accesses in place; room on the page keeps that from touching the indexes.
ALTER TABLE "memories" SET (fillfactor = 85);

-- A key's states exclude each other as far as the database can say so.
ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_hash_is_sha256" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "api_keys_scope_known" CHECK ("scope" IN ('mcp', 'mcp:read', 'mcp:write')),
  ADD CONSTRAINT "api_keys_grace_within_expiry" CHECK ("expires_at" IS NULL OR "grace_ends_at" IS NULL OR "grace_ends_at" <= "expires_at"),
  ADD CONSTRAINT "api_keys_grace_needs_rotation" CHECK (("rotated_at" IS NULL) = ("grace_ends_at" IS NULL)),
  ADD CONSTRAINT "api_keys_prefix_unless_imported" CHECK ("is_imported" OR "prefix" IS NOT NULL);

-- Audit rows are append-only. Retention goes through one function, which announces itself for the length of its transaction.
CREATE FUNCTION "audit_events_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('pensyve.audit_retention', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit_events is append-only';
END;
$$;
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION "audit_events_append_only"();
CREATE TRIGGER "audit_events_no_truncate" BEFORE TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_events_append_only"();
CREATE FUNCTION "purge_audit_events"("older_than" timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  "removed" bigint;
BEGIN
  PERFORM set_config('pensyve.audit_retention', 'on', true);
  DELETE FROM "audit_events" WHERE "occurred_at" < "older_than";
  GET DIAGNOSTICS "removed" = ROW_COUNT;
  PERFORM set_config('pensyve.audit_retention', 'off', true);
  RETURN "removed";
END;
$$;
