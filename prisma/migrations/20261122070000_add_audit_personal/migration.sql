-- What entries say of people stands there as a commitment, SHA-256(salt ‖ value); salt and value stand here, and can be erased.
CREATE TABLE "audit_personal" (
    "commitment" TEXT NOT NULL,
    -- Empty where nobody's: a text that somebody wrote, and that may name anybody.
    "person_id" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "audit_personal_pkey" PRIMARY KEY ("commitment")
);
CREATE UNIQUE INDEX "audit_personal_person_id_field_value_key" ON "audit_personal"("person_id", "field", "value");

ALTER TABLE "person" ADD COLUMN "name_ref" TEXT NOT NULL DEFAULT '', ADD COLUMN "email_ref" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "erased_at" TIMESTAMPTZ(6);

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "audit_personal" ADD CONSTRAINT "audit_personal_field" CHECK ("field" IN ('name', 'email', 'subject', 'text')
  AND ("field" = 'text') = ("person_id" = ''));
-- Whoever wrote a row wrote what its commitment says.
ALTER TABLE "audit_personal" ADD CONSTRAINT "audit_personal_salted" CHECK (length("salt") = 32);
ALTER TABLE "person" ADD CONSTRAINT "person_erased_is_suspended" CHECK ("erased_at" IS NULL OR "status" = 'suspended');

-- Of somebody erased nothing is ever added again. An erasing under way is waited for: it holds the person's row.
CREATE FUNCTION "audit_personal_refuse_erased"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  erased timestamptz;
BEGIN
  IF NEW."person_id" <> '' THEN
    SELECT "erased_at" INTO erased FROM "person" WHERE "id" = NEW."person_id" FOR KEY SHARE;
    IF erased IS NOT NULL THEN
      RETURN NULL;
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "audit_personal_refuse_erased" BEFORE INSERT ON "audit_personal" FOR EACH ROW EXECUTE FUNCTION "audit_personal_refuse_erased"();
-- A commitment says what it says, or nothing any more.
CREATE TRIGGER "audit_personal_no_rewriting" BEFORE UPDATE ON "audit_personal" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();

-- The commitment to a value, the same one each time; made where there is none. Of somebody erased one that nothing is known of.
CREATE FUNCTION "audit_commitment"(of_person text, of_field text, of_value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  known text;
  made bytea;
BEGIN
  SELECT "commitment" INTO known FROM "audit_personal"
    WHERE "person_id" = of_person AND "field" = of_field AND "value" = of_value;
  IF known IS NOT NULL THEN
    RETURN known;
  END IF;
  -- 244 random bits, of the system's own source.
  made := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  known := CASE WHEN of_field = 'text' THEN 'pdtext:' ELSE 'pd:' END
    || rtrim(translate(encode(sha256(made || convert_to(of_value, 'UTF8')), 'base64'), '+/', '-_'), '=');
  INSERT INTO "audit_personal" ("commitment", "person_id", "field", "salt", "value")
    VALUES (known, of_person, of_field, made, of_value) ON CONFLICT ("person_id", "field", "value") DO NOTHING;
  IF FOUND THEN
    RETURN known;
  END IF;
  -- Somebody else was faster; or the person is erased, and this commitment never had anything behind it.
  RETURN coalesce((SELECT "commitment" FROM "audit_personal"
    WHERE "person_id" = of_person AND "field" = of_field AND "value" = of_value), known);
END $$;

CREATE FUNCTION "person_keep_commitments"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD."erased_at" IS NOT NULL THEN
    RAISE EXCEPTION 'whoever is erased stays so' USING ERRCODE = 'check_violation', CONSTRAINT = 'person_erased_stays', TABLE = 'person';
  END IF;
  IF NEW."erased_at" IS NULL THEN
    NEW."name_ref" := "audit_commitment"(NEW."id", 'name', NEW."name");
    NEW."email_ref" := "audit_commitment"(NEW."id", 'email', NEW."email");
  END IF;
  RETURN NEW;
END $$;

UPDATE "person" SET "name_ref" = "audit_commitment"("id", 'name', "name"), "email_ref" = "audit_commitment"("id", 'email', "email");
CREATE TRIGGER "person_keep_commitments" BEFORE INSERT OR UPDATE OF "name", "email", "name_ref", "email_ref", "erased_at", "status" ON "person"
  FOR EACH ROW EXECUTE FUNCTION "person_keep_commitments"();
