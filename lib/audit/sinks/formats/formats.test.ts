import { describe, expect, it } from "vitest";
import { AUDIT_ACTIONS, OUTCOMES, type AuditAction, type Outcome } from "@/lib/audit/catalogue";
import { leafHash, prepareEntry, rfc3339Micros, type EntryDraft } from "@/lib/audit/entry";
import { ecsFaults } from "@/lib/testing/ecs-schema";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { commitmentTo } from "@/lib/testing/commitment";
import type { Ctx } from "@/lib/ctx";
import type { LoggedEntry } from "../receiver";
import { ecsFormat } from "./ecs";
import { gatehouseFormat } from "./gatehouse";
import { ocsfFormat } from "./ocsf";

const NOW = () => 1_795_000_000.123456;
const ana = { id: "per_ana", nameRef: commitmentTo("Ana"), emailRef: commitmentTo("ana@example.com") };
const person = personCtx({ ...ana, consoleRole: "admin" }, { nowSeconds: NOW });
const PERSONAL = { [ana.nameRef]: "Ana", [ana.emailRef]: "ana@example.com", [commitmentTo("Ben")]: "Ben" };
const token = ctxOf({
  ...{ kind: "token", tokenId: "tok_ci", name: "CI", personId: null, agentId: "agt_ci" },
  ...{ scopes: [], permissions: new Set() },
});
const server = ctxOf({ kind: "server", serverId: "srv_t", keyId: "key_t", name: "Tickets", permissions: new Set() });
const CTXS: Record<string, Ctx> = { person, token, server, system: systemCtx(), anonymous: anonymousCtx() };

function logged(ctx: Ctx, draft: EntryDraft, idx = 7): LoggedEntry {
  const { id, occurred_at, outcome, body, leaf } = prepareEntry(ctx, draft);
  return {
    idx,
    id,
    recordedAt: rfc3339Micros(occurred_at + 5000),
    outcome,
    body: body.toString("utf8"),
    leaf,
    personal: PERSONAL,
  };
}

const FULL = {
  target: { kind: "token", id: "tok_1", name: "Nightly" },
  person: { id: "per_ben", nameRef: commitmentTo("Ben") },
  agent: { id: "agt_1", name: "Backfill" },
  server: { id: "srv_t", name: "Tickets" },
  credential: { id: "tok_1", kind: "static", masked: "gth_ro_…ab12", scopes: ["tickets:read"] },
  role: { id: "rol_1", name: "Reader" },
  tool: "close_ticket",
  clientIp: "198.51.100.7",
  durationMs: 1.25,
} as const satisfies Partial<EntryDraft>;

/** Every action with every outcome, told in full and with as little as can be, by everybody. */
const ALL = (Object.keys(AUDIT_ACTIONS) as AuditAction[]).flatMap((action) =>
  OUTCOMES.flatMap((outcome: Outcome) =>
    Object.values(CTXS).flatMap((ctx) => [
      logged(ctx, { action, outcome, reason: outcome === "deny" ? "revoked" : null, ...FULL }),
      logged(ctx, { action, outcome }),
    ]),
  ),
);

describe("Gatehouse's own form", () => {
  it("keeps the body byte for byte, so that whoever gets it can recompute the leaf", () => {
    const entry = logged(person, { action: "token.mint", outcome: "success", ...FULL, details: { note: 'ü 🛂 \\ "' } });
    const line = gatehouseFormat(entry);
    expect(JSON.parse(line)).toMatchObject({ index: 7, leaf: entry.leaf, body: { action: "token.mint" } });
    const body = line.slice(line.indexOf('"body":') + 7, -1);
    expect(leafHash(body)).toBe(entry.leaf);
  });
});

type Json = Record<string, unknown>;
const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], value);

/** OCSF 1.5.0: the activities of each class, and what an event of it must have (`events/iam`, `events/application`). */
const OCSF: Record<number, { activities: number; required: string[]; oneOf: string[] }> = {
  3001: { activities: 12, required: ["user"], oneOf: ["user"] },
  3002: { activities: 7, required: ["user"], oneOf: ["service", "dst_endpoint"] },
  3003: { activities: 3, required: ["user"], oneOf: ["privileges", "group"] },
  3004: { activities: 13, required: ["entity"], oneOf: ["entity"] },
  3005: { activities: 2, required: ["user", "privileges"], oneOf: ["user"] },
  6003: { activities: 4, required: ["actor", "api", "src_endpoint", "api.operation"], oneOf: ["api"] },
};
const BASE = ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"];
/** Objects of which one of some fields must be there. */
const ONE_OF: Record<string, string[]> = {
  actor: ["process", "user", "invoked_by", "session", "app_name", "app_uid"],
  "actor.user": ["account", "name", "uid"],
  user: ["account", "name", "uid"],
  entity: ["name", "uid"],
  service: ["name", "uid"],
  src_endpoint: ["ip", "uid", "name", "hostname", "svc_name"],
  "metadata.product": ["name", "uid"],
};

describe("OCSF", () => {
  it("gives every action with every outcome a class, an activity and all that the class demands", () => {
    for (const entry of ALL) {
      const event = JSON.parse(ocsfFormat(entry)) as Json & { class_uid: number; activity_id: number };
      const wanted = OCSF[event.class_uid];
      if (!wanted) throw new Error(`no class ${event.class_uid}`);
      for (const path of [...BASE, ...wanted.required, "metadata.version", "metadata.product"])
        expect(at(event, path), `${path} of ${entry.body}`).toBeDefined();
      expect(wanted.oneOf.some((path) => at(event, path) !== undefined)).toBe(true);
      for (const [path, fields] of Object.entries(ONE_OF)) {
        const object = at(event, path) as Json | undefined;
        if (object)
          expect(
            fields.some((field) => object[field] !== undefined),
            `${path} of ${entry.body}`,
          ).toBe(true);
      }
      expect(event.activity_id === 99 || (event.activity_id >= 1 && event.activity_id <= wanted.activities)).toBe(true);
      expect(event.activity_name !== undefined).toBe(event.activity_id === 99);
      expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id);
      expect(event.category_uid).toBe(Math.floor(event.class_uid / 1000));
      expect(leafHash(event.raw_data as string)).toBe(entry.leaf);
    }
  });

  it.each([
    ["session.sign_in", 3002, 1],
    ["session.sign_out", 3002, 2],
    ["person.suspend", 3001, 5],
    ["person.second_factor_enrol", 3001, 10],
    ["role.assign", 3005, 1],
    ["role.unassign", 3005, 2],
    ["grant.revoke", 3005, 2],
    ["oauth.issue", 3003, 1],
    ["token.mint", 3004, 1],
    ["token.revoke_all", 3004, 4],
    ["server.disable", 3004, 9],
    ["token.validate", 6003, 2],
    ["audit.export", 6003, 2],
  ] as const)("says %s as class %i, activity %i", (action, class_uid, activity_id) => {
    const event = JSON.parse(ocsfFormat(logged(person, { action, outcome: "success", ...FULL }))) as Json;
    expect(event).toMatchObject({ class_uid, activity_id, status_id: 1, time: 1_795_000_000_123 });
  });

  it("tells who, whom, from where, why not, and the place in the log", () => {
    const event = JSON.parse(ocsfFormat(logged(server, { action: "token.validate", outcome: "deny", reason: "revoked", ...FULL }))) as Json; // prettier-ignore
    expect(event).toMatchObject({
      ...{ status_id: 2, status: "Failure", status_code: "revoked", status_detail: "deny", severity_id: 2 },
      actor: { app_uid: "srv_t", app_name: "Tickets", user: { uid: "per_ben", name: "Ben" } },
      src_endpoint: { ip: "198.51.100.7" },
      api: { operation: "close_ticket", service: { uid: "srv_t" } },
      metadata: { version: "1.5.0", sequence: 7, event_code: "token.validate", product: { name: "Gatehouse" } },
      unmapped: { gatehouse: { index: 7 } },
    });
  });
});

describe("ECS", () => {
  it("writes every action with every outcome in fields that Elastic defines, of their types and values, and ours under `gatehouse` alone", () => {
    const faults = ALL.flatMap((entry) => ecsFaults(JSON.parse(ecsFormat(entry)) as Json, "gatehouse"));
    expect([...new Set(faults)]).toEqual([]);
  });

  it("is judged by those definitions: a field of nobody's, a list that is none, a value and a type that do not fit", () => {
    const [entry] = ALL;
    if (!entry) throw new Error("there are entries");
    const good = JSON.parse(ecsFormat(entry)) as Json & { event: Json };
    const bad = { ...good, actor: "ana", event: { ...good.event, outcome: "allow", type: ["group"], sequence: "7" } };
    expect(ecsFaults({ ...bad, tags: "x" }, "gatehouse")).toEqual([
      "event.outcome is none of its values: allow",
      'event.sequence is no long: "7"',
      "actor is no field of ECS",
      "tags is no list",
      expect.stringMatching(/^event\.type group does not go with/),
    ]);
  });

  it("keeps the body byte for byte, with its leaf and its place", () => {
    for (const entry of ALL) {
      const { original, hash, sequence } = (JSON.parse(ecsFormat(entry)) as { event: Json }).event;
      expect([leafHash(original as string), sequence]).toEqual([hash, 7]);
    }
  });

  it("tells who, whom, from where, why not, and how long", () => {
    const record = JSON.parse(ecsFormat(logged(person, { action: "role.assign", outcome: "denied", reason: "forbidden", ...FULL }))) as Json; // prettier-ignore
    expect(record).toMatchObject({
      "@timestamp": "2026-11-18T11:06:40.123456Z",
      ecs: { version: "8.17.0" },
      event: { category: ["iam"], action: "role.assign", outcome: "failure", reason: "forbidden", duration: 1_250_000 },
      user: { id: "per_ana", email: "ana@example.com", roles: ["admin"], target: { id: "per_ben", name: "Ben" } },
      source: { ip: "198.51.100.7" },
      related: { ip: ["198.51.100.7"], user: ["per_ana", "ana@example.com", "per_ben"] },
      gatehouse: { outcome: "denied", role: { id: "rol_1" } },
    });
  });
});
