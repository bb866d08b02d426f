-- What the gateways answered when a person or the operator withdrew an app: null for what ended otherwise.
ALTER TABLE "oauth_grants" ADD COLUMN "end_receipt" JSONB;
