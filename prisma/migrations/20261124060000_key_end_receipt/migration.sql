-- What the gateways answered when a key was revoked, or its grace ended by hand.
ALTER TABLE "api_keys" ADD COLUMN "end_receipt" JSONB;
