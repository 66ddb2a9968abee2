-- "Do not ask again" counts for the place that the person was shown. What was remembered before is asked once more.
ALTER TABLE "oauth_grant" ADD COLUMN     "remembered_for" TEXT;
