import { closeDb, db } from "@/lib/db";
import { DEMO_PASSWORD, PEOPLE } from "./company";
import { seedHistory } from "./history";
import { seedOAuth } from "./oauth";
import { makeRandom } from "./random";
import { seedRows } from "./rows";

/**
 * Fills an empty, migrated database (`DATABASE_URL`, `GATEHOUSE_SECRET`) with the demo's company and three weeks of its
 * audit log. Does nothing where there are people already. `npm run demo` runs it.
 */
async function main(): Promise<void> {
  if ((await db().person.count()) > 0) return;
  const now = new Date();
  const rows = await seedRows(now);
  const oauth = await seedOAuth(rows, now);
  const entries = await seedHistory(rows, oauth, now, makeRandom(2026));
  console.error(
    `demo: ${PEOPLE.length} people, ${rows.servers.size} servers, ${rows.tokens.length} tokens, ${oauth.grants.length} connected agents, ${entries} audit entries`,
  );
}

try {
  await main();
  console.error(`demo: sign in as ${PEOPLE[0]?.email} with the password "${DEMO_PASSWORD}"`);
} finally {
  await closeDb();
}
