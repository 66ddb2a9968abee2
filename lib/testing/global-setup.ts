import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "@/server/database/migrate";
import { withDatabase } from "./urls";

const TEMPLATE = "gatehouse_template";

/** Prepares a PostgreSQL with one migrated database to clone, once for the whole run. */
export default async function setup(project: TestProject): Promise<void> {
  const base = process.env.GATEHOUSE_TEST_DATABASE_URL;
  if (!base) throw new Error("GATEHOUSE_TEST_DATABASE_URL is not set");
  const admin = new pg.Client({ connectionString: withDatabase(base, "postgres") });
  await admin.connect();
  const name = `${TEMPLATE}_${process.pid}`;
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const templateUrl = withDatabase(base, name);
  await migrate(templateUrl);
  project.provide("templateUrl", templateUrl);
}
