-- CreateTable
CREATE TABLE "answered_writes" (
    "user_id" UUID NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "fingerprint" BYTEA,
    "status" SMALLINT,
    "answer" TEXT,
    "subject_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "answered_writes_pkey" PRIMARY KEY ("user_id","key_hash")
);

-- CreateIndex
CREATE INDEX "answered_writes_subject_id_idx" ON "answered_writes"("subject_id");

-- CreateIndex
CREATE INDEX "answered_writes_created_at_idx" ON "answered_writes"("created_at");

-- AddForeignKey
ALTER TABLE "answered_writes" ADD CONSTRAINT "answered_writes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is deleted is in no stored answer either, whoever deletes it and however. The row stays, so that a late repeat does not write
-- again what was deleted since; so does nothing of the text, of which a hash could be guessed.
CREATE FUNCTION "empty_answers_of_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "answered_writes" "w" SET "fingerprint" = NULL, "answer" = NULL
  FROM "deleted" "d" WHERE "w"."subject_id" = "d"."id" AND "w"."user_id" = "d"."user_id";
  RETURN NULL;
END;
$$;
CREATE TRIGGER "empty_answers_of_deleted" AFTER DELETE ON "memories"
  REFERENCING OLD TABLE AS "deleted" FOR EACH STATEMENT EXECUTE FUNCTION "empty_answers_of_deleted"();
CREATE TRIGGER "empty_answers_of_deleted" AFTER DELETE ON "entities"
  REFERENCING OLD TABLE AS "deleted" FOR EACH STATEMENT EXECUTE FUNCTION "empty_answers_of_deleted"();
CREATE TRIGGER "empty_answers_of_deleted" AFTER DELETE ON "episodes"
  REFERENCING OLD TABLE AS "deleted" FOR EACH STATEMENT EXECUTE FUNCTION "empty_answers_of_deleted"();
