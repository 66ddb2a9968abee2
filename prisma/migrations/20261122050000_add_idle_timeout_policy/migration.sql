-- For how long an agent may rest that has no limit of its own; null: for as long as its access lasts.
ALTER TABLE "instance" ADD COLUMN     "idle_timeout_seconds" INTEGER;

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "instance" ADD CONSTRAINT "instance_idle_timeout_bounded" CHECK ("idle_timeout_seconds" BETWEEN 300 AND 31536000);

-- Validators cache what follows from it (docs/revocation.md).
CREATE CONSTRAINT TRIGGER "instance_idle_note_change" AFTER UPDATE OF "idle_timeout_seconds" ON "instance"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD."idle_timeout_seconds" IS DISTINCT FROM NEW."idle_timeout_seconds")
  EXECUTE FUNCTION "note_policy_change"();
