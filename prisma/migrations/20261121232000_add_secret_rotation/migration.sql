-- How old a client secret may become before it is due to be replaced, and whether one that is overdue still counts.
ALTER TABLE "instance" ADD COLUMN     "secret_rotation_days" INTEGER NOT NULL DEFAULT 90,
ADD COLUMN     "refuse_overdue_secrets" BOOLEAN NOT NULL DEFAULT false;

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "instance" ADD CONSTRAINT "instance_secret_rotation_bounded" CHECK ("secret_rotation_days" BETWEEN 0 AND 3650);
