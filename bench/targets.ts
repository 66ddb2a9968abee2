import type { Aim } from "./load/messages";
import { TOKEN, type Call } from "./load/request";
import { fillForGatehouse, startPeer, type Service, type Setting } from "./service";

/** Something that is measured: a program, and how it is called. */
export type Target = {
  id: string;
  title: string;
  /** What it does for each call, in a few words. */
  does: string;
  /** The program; several targets may share one. */
  service: ServiceName;
  call: (key: string) => Call;
  expect: Aim["expect"];
  /** How many decisions one call holds. */
  decisions: number;
  /** The share of a load's connections that it is called over; all of them where not said. */
  connections?: number;
};

const ITEM = `{"token":"${TOKEN}","tool":"list_tickets","clientIp":"192.0.2.10","requestId":"0a1b2c3d","arguments":{"status":"open","limit":20}}`;
const BATCH_ITEMS = 100;
const ALLOWED = { text: '"decision":"allow"', times: 1 };
const ACTIVE = { text: '"active":true', times: 1 };
const BASIC = `Basic ${Buffer.from("tickets:a-secret-for-measurements-alone").toString("base64")}`;

const json =
  (path: string, body: string) =>
  (key: string): Call => ({
    method: "POST",
    path,
    headers: { authorization: `Bearer ${key || "none"}`, "content-type": "application/json" },
    body,
  });
const form =
  (path: string, authorization: (key: string) => string) =>
  (key: string): Call => ({
    method: "POST",
    path,
    headers: { authorization: authorization(key), "content-type": "application/x-www-form-urlencoded" },
    body: `token=${TOKEN}&token_type_hint=access_token`,
  });

const validate = { call: json("/api/v1/validate", ITEM), expect: ALLOWED, decisions: 1 };

const SERVICES = {
  echo: (setting: Setting) => startPeer(setting, "echo.mjs"),
  "gatehouse-durable": async (setting: Setting) => (await fillForGatehouse(setting)).start("durable"),
  "gatehouse-buffered": async (setting: Setting) => (await fillForGatehouse(setting)).start("buffered"),
  "next-route": async (setting: Setting) => (await fillForGatehouse(setting)).startPlainNext(),
  "hand-written": (setting: Setting) => startPeer(setting, "hand-written.mjs"),
  "better-auth": (setting: Setting) => startPeer(setting, "better-auth.mjs", "database"),
  "better-auth-cached": (setting: Setting) => startPeer(setting, "better-auth.mjs", "cached"),
  "better-auth-memory": (setting: Setting) => startPeer(setting, "better-auth.mjs", "memory"),
  "oidc-provider": (setting: Setting) => startPeer(setting, "oidc-provider.mjs"),
} satisfies Record<string, (setting: Setting) => Promise<Service>>;
export type ServiceName = keyof typeof SERVICES;

/** Starts the program of a target. */
export function startService(name: ServiceName, setting: Omit<Setting, "name">): Promise<Service> {
  return SERVICES[name]({ ...setting, name });
}

/** The one that all others are compared with. */
export const BASELINE = "echo";

/** Everything that is measured, in the order of the tables. */
export const TARGETS: readonly Target[] = [
  {
    id: BASELINE,
    title: "bare node:http echo",
    does: "parses the same JSON, answers a fixed text",
    service: "echo",
    ...validate,
  },
  {
    id: "gatehouse-durable",
    title: "Gatehouse",
    does: "validate; every decision committed to the log before its answer",
    service: "gatehouse-durable",
    ...validate,
  },
  {
    id: "gatehouse-buffered",
    title: "Gatehouse, buffered",
    does: "validate; decisions committed just after their answers",
    service: "gatehouse-buffered",
    ...validate,
  },
  {
    id: "gatehouse-batch",
    title: "Gatehouse, batches of 100",
    does: "100 decisions in one call, all committed before the answer; over an eighth of the connections",
    service: "gatehouse-durable",
    call: json("/api/v1/validate/batch", `{"items":[${Array.from({ length: BATCH_ITEMS }, () => ITEM).join(",")}]}`),
    expect: { ...ALLOWED, times: BATCH_ITEMS },
    decisions: BATCH_ITEMS,
    connections: 1 / 8,
  },
  {
    id: "gatehouse-introspect",
    title: "Gatehouse, introspection",
    does: "RFC 7662; every answer committed to the log before it leaves",
    service: "gatehouse-durable",
    call: form("/oauth/introspect", (key) => `Bearer ${key}`),
    expect: ACTIVE,
    decisions: 1,
  },
  {
    id: "next-route",
    title: "Gatehouse's route in Next",
    does: "the same verb in a route handler under `next start`",
    service: "next-route",
    ...validate,
  },
  {
    id: "hand-written",
    title: "hand-written, plain pg",
    does: "one look-up by hash, one audit insert with a commit of its own",
    service: "hand-written",
    ...validate,
  },
  {
    id: "better-auth",
    title: "better-auth API keys",
    does: "verifies in PostgreSQL and notes the use there; no log",
    service: "better-auth",
    ...validate,
    expect: { text: '"valid":true', times: 1 },
  },
  {
    id: "better-auth-cached",
    title: "better-auth, cached",
    does: "reads a cache in memory, notes the use in PostgreSQL; no log",
    service: "better-auth-cached",
    ...validate,
    expect: { text: '"valid":true', times: 1 },
  },
  {
    id: "better-auth-memory",
    title: "better-auth, memory alone",
    does: "keys in memory alone, PostgreSQL is not asked; no log",
    service: "better-auth-memory",
    ...validate,
    expect: { text: '"valid":true', times: 1 },
  },
  {
    id: "oidc-provider",
    title: "oidc-provider introspection",
    does: "RFC 7662 on PostgreSQL, opaque tokens with grants; no log",
    service: "oidc-provider",
    call: form("/token/introspection", () => BASIC),
    expect: ACTIVE,
    decisions: 1,
  },
];

/** What a load generator needs to call a target. */
export function aimAt(target: Target, service: Service): Aim {
  return {
    port: service.port,
    call: target.call(service.key),
    tokens: { ...service.tokens, choice: "zipf" },
    expect: target.expect,
  };
}
