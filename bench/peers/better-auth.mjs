// better-auth's API keys (`@better-auth/api-key`), as its documentation sets them up:
// https://better-auth.com/docs/plugins/api-key and /advanced#storage-modes. `verifyApiKey` can be called on the server alone,
// so it stands behind a handler of bare `node:http`. Three ways to store keys, all of them documented:
//   database   the default: each verification reads the key from PostgreSQL and writes back when it was used
//   cached     `secondary-storage` with `fallbackToDatabase`: reads come from the cache, writes go to both
//   memory     `secondary-storage` alone, "best for high-performance scenarios": PostgreSQL is not asked at all
// The documentation's cache is Redis; here it is a Map in the process, which answers faster than any Redis. `deferUpdates`
// is on where there is a cache. Rate limiting is off (by default a key may be used ten times a day). There is no audit log:
// this peer does less per call than Gatehouse.
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import pg from "pg";
import { forEachOf, handOver, listen, readJson, sendJson, settings } from "./serve.mjs";

const PEOPLE = 200;
const STORAGES = {
  database: { storage: "database" },
  cached: { storage: "secondary-storage", fallbackToDatabase: true, deferUpdates: true },
  memory: { storage: "secondary-storage", deferUpdates: true },
};
const storage = STORAGES[settings.variant];
if (!storage) throw new Error(`better-auth has no variant ${settings.variant}`);

const cache = new Map();
const secondaryStorage = {
  get: async (key) => cache.get(key) ?? null,
  set: async (key, value) => void cache.set(key, value),
  delete: async (key) => void cache.delete(key),
  getAndDelete: async (key) => {
    const value = cache.get(key) ?? null;
    cache.delete(key);
    return value;
  },
  increment: async (key) => {
    const value = Number(cache.get(key) ?? 0) + 1;
    cache.set(key, String(value));
    return value;
  },
};

const options = {
  baseURL: "http://localhost",
  secret: "a secret for measurements alone, longer than 32 characters",
  database: new pg.Pool({ connectionString: settings.databaseUrl, max: 20 }),
  ...(storage.storage === "secondary-storage" && { secondaryStorage }),
  emailAndPassword: { enabled: false },
  telemetry: { enabled: false },
  advanced: { backgroundTasks: { handler: (promise) => void promise } },
  plugins: [apiKey({ ...storage, rateLimit: { enabled: false }, permissions: {} })],
};
const auth = betterAuth(options);

async function fill() {
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const { internalAdapter } = await auth.$context;
  const people = [];
  for (let nth = 0; nth < PEOPLE; nth++)
    people.push(await internalAdapter.createUser({ name: `Person ${nth}`, email: `person-${nth}@example.com` }));
  const keys = [];
  await forEachOf(settings.tokenCount, async (nth) => {
    const body = {
      userId: people[nth % PEOPLE].id,
      name: `Token ${nth}`,
      expiresIn: 30 * 24 * 3600,
      permissions: { tickets: ["read"] },
    };
    const { key } = await auth.api.createApiKey({ body });
    keys.push(key);
  });
  await options.database.query("ANALYZE");
  handOver(keys);
}

/** What a tool needs, in better-auth's words. */
const NEEDS = { list_tickets: { tickets: ["read"] } };

await fill();
await listen(async (request, response) => {
  const { token, tool } = await readJson(request);
  const answer = await auth.api.verifyApiKey({ body: { key: token, permissions: NEEDS[tool] } });
  sendJson(response, JSON.stringify(answer));
});
