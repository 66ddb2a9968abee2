import { expect, it } from "vitest";
import { pool } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { readTokens } from "./facts-query";

useTestDatabase();

it("is planned once for any number of tokens, not anew for each look-up", async () => {
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:read"]);
  const holder = await makeHolder(role.id);
  // As many as make one of them far cheaper to find than any number.
  await pool().query(
    `INSERT INTO token (id, name, kind, hash, pepper_version, last_four, person_id, role_id, expires_at, family_id, created_by, allowed_cidrs)
     SELECT 'tok_' || n, 'Token ' || n, 'ro', sha256(n::text::bytea), 'test', 'abcd', $1, $2, now() + interval '1 day', 'tok_' || n, 'test', '{}'
     FROM generate_series(1, 40000) AS n`,
    [holder.id, role.id],
  );
  await pool().query("INSERT INTO token_server (token_id, server_id) SELECT id, $1 FROM token", [server.id]);
  await pool().query(
    "INSERT INTO person (id, email, name, console_role, status, updated_at) SELECT 'per_' || n, n || '@example.com', 'P', 'member', 'active', now() FROM generate_series(1, 500) AS n",
  );
  await pool().query(
    "INSERT INTO person_role (person_id, role_id, assigned_by) SELECT id, $1, 'test' FROM person WHERE id <> $2",
    [role.id, holder.id],
  );
  await pool().query("ANALYZE");
  for (let n = 1; n <= 10; n++) {
    const { rows } = await pool().query<{ hash: Buffer }>("SELECT sha256($1::text::bytea) AS hash", [n]);
    const found = await readTokens(server.id, { static: rows.map(({ hash }) => hash), oauth: [] });
    expect(found).toHaveLength(1);
  }
  const { rows } = await pool().query(
    "SELECT generic_plans::int AS generic FROM pg_prepared_statements WHERE name = $1",
    ["validate-tokens"],
  );
  expect(rows).toMatchObject([{ generic: 5 }]);
});
