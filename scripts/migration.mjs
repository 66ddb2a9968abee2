// `npm run migration -- <verb>_<noun>`: drafts a migration from what changed in prisma/schema.prisma.
import { ensurePrograms, prepare } from "./setup/prepare.mjs";

await prepare(ensurePrograms);
await import("../dist/migration.mjs");
