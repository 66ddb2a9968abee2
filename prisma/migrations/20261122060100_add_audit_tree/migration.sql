-- The proof of the log: a Merkle tree over the leaves of audit_entry in the order of idx (RFC 6962), and what was signed of it.

-- Complete tiles (C2SP tlog-tiles, height 8): `hashes` are 256 nodes of the tree, side by side, at height 8 × level. `root` is the
-- node above them all, which is one of the hashes of a tile of the next level. Incomplete tiles are made from what stands below them.
CREATE TABLE "audit_tile" (
    "level" SMALLINT NOT NULL,
    "index" BIGINT NOT NULL,
    "hashes" BYTEA NOT NULL,
    "root" BYTEA NOT NULL,

    CONSTRAINT "audit_tile_pkey" PRIMARY KEY ("level", "index"),
    CONSTRAINT "audit_tile_whole" CHECK (octet_length("hashes") = 8192 AND octet_length("root") = 32),
    CONSTRAINT "audit_tile_place" CHECK ("level" BETWEEN 0 AND 6 AND "index" >= 0)
);
-- Hashes do not get smaller.
ALTER TABLE "audit_tile" ALTER COLUMN "hashes" SET STORAGE EXTERNAL;

-- What was signed (C2SP tlog-checkpoint), a row for each size.
CREATE TABLE "audit_checkpoint" (
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "note" TEXT NOT NULL,
    "signed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "audit_checkpoint_pkey" PRIMARY KEY ("size"),
    CONSTRAINT "audit_checkpoint_some" CHECK ("size" > 0 AND octet_length("root") = 32)
);

-- The keys that sign, their private part sealed. A key's first checkpoint covers the entry that announced it.
CREATE TABLE "audit_signer" (
    "key_id" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "sealed_private" BYTEA,
    "entry_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "from_size" BIGINT,
    "until_size" BIGINT,

    CONSTRAINT "audit_signer_pkey" PRIMARY KEY ("key_id"),
    CONSTRAINT "audit_signer_public_key" CHECK (octet_length("public_key") = 32),
    CONSTRAINT "audit_signer_span" CHECK ("until_size" IS NULL OR "until_size" >= "from_size"),
    -- A key that signs no more is kept to be recognised, and cannot sign again.
    CONSTRAINT "audit_signer_can_sign" CHECK (("sealed_private" IS NULL) = ("until_size" IS NOT NULL))
);
CREATE UNIQUE INDEX "audit_signer_one_signs" ON "audit_signer" ((true)) WHERE "from_size" IS NOT NULL AND "until_size" IS NULL;
CREATE UNIQUE INDEX "audit_signer_one_waits" ON "audit_signer" ((true)) WHERE "from_size" IS NULL;

CREATE TRIGGER "audit_tile_append_only" BEFORE UPDATE OR DELETE ON "audit_tile" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_tile_no_truncate" BEFORE TRUNCATE ON "audit_tile" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_checkpoint_append_only" BEFORE UPDATE OR DELETE ON "audit_checkpoint" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_checkpoint_no_truncate" BEFORE TRUNCATE ON "audit_checkpoint" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_signer_stays" BEFORE DELETE ON "audit_signer" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_signer_no_truncate" BEFORE TRUNCATE ON "audit_signer" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();

CREATE FUNCTION "audit_checkpoint_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "audit_checkpoint" WHERE "size" >= NEW."size") THEN
    RAISE EXCEPTION 'a tree of % entries is not larger than what was signed before', NEW."size" USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "audit_checkpoint_only_grows" BEFORE INSERT ON "audit_checkpoint" FOR EACH ROW EXECUTE FUNCTION "audit_checkpoint_only_grows"();

CREATE FUNCTION "audit_signer_refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."key_id", NEW."origin", NEW."public_key", NEW."entry_id", NEW."created_at")
      IS DISTINCT FROM (OLD."key_id", OLD."origin", OLD."public_key", OLD."entry_id", OLD."created_at")
    OR (OLD."from_size" IS NOT NULL AND NEW."from_size" IS DISTINCT FROM OLD."from_size")
    OR (OLD."until_size" IS NOT NULL AND NEW."until_size" IS DISTINCT FROM OLD."until_size") THEN
    RAISE EXCEPTION 'a key of the audit log keeps its identity and its span' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "audit_signer_refuse_rewriting" BEFORE UPDATE ON "audit_signer" FOR EACH ROW EXECUTE FUNCTION "audit_signer_refuse_rewriting"();
