import { expect, it, vi } from "vitest";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeServer } from "@/lib/testing/make";
import { findServerByKey } from "./authenticate";
import { issueKey } from "./issue";

// The environment is read once per process; here it changes as a restart with another secret would change it.
vi.mock("@/lib/env", async (original) => {
  const real = await original<typeof import("@/lib/env")>();
  return { ...real, env: () => real.parseEnv(process.env) };
});

useTestDatabase();

const OLDER = "the older secret of more than 32 characters";
const NEWER = "the newer secret of more than 32 characters";

it("finds a key that was made under an older secret, and none under a secret that is gone", async () => {
  process.env.GATEHOUSE_SECRET = OLDER;
  const server = await makeServer();
  const { id, key } = await issueKey(systemCtx(), { serverId: server.id, name: "default" });
  const present = Date.now() / 1000;
  process.env.GATEHOUSE_SECRET = `${NEWER},${OLDER}`;
  expect(await findServerByKey(key, present)).toMatchObject({ keyId: id });
  process.env.GATEHOUSE_SECRET = NEWER;
  expect(await findServerByKey(key, present)).toBeNull();
});
