import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "@/server/database/embedded";
import { migrate } from "@/server/database/migrate";
import { withDatabase } from "./urls";

/** The server of `GATEHOUSE_TEST_DATABASE_URL`, or one of our own for this run. */
async function testServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env.GATEHOUSE_TEST_DATABASE_URL;
  if (given) return { url: given, stop: () => Promise.resolve() };
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-test-"));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user, who must get through
  const { url, stop } = await startEmbedded(folder);
  return {
    url,
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function asAdmin(base: string, sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: withDatabase(base, "postgres") });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

/** Prepares a PostgreSQL with one migrated database to clone, once for the whole run; returns the cleaning up. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await testServer();
  const name = `gatehouse_template_${process.pid}`;
  await asAdmin(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await asAdmin(server.url, `CREATE DATABASE ${name}`);
  const templateUrl = withDatabase(server.url, name);
  await migrate(templateUrl);
  project.provide("templateUrl", templateUrl);
  return async () => {
    await asAdmin(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.stop();
  };
}
