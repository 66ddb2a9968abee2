import { describe, expect, it } from "vitest";
import type { KeyDto } from "@/lib/key/schema";
import type { ServerRoleDto } from "@/lib/server/access-schema";
import type { ServerDto } from "@/lib/server/schema";
import { findingsOf } from "./attention";

const at = "2026-01-01T00:00:00.000Z";
const server = (counts: Partial<ServerDto["counts"]> = {}, more: Partial<ServerDto> = {}): ServerDto => ({
  id: "srv_a",
  slug: "a",
  name: "A",
  resource: "https://a.example.com/mcp",
  description: "",
  status: "active",
  builtin: false,
  unlistedTools: "deny",
  maxTokenLifetimeSeconds: null,
  accessTokenFormat: "jwt",
  accessTokenSeconds: 900,
  requireDpop: false,
  auditLevel: "full",
  importUrl: null,
  importedAt: null,
  counts: {
    scopes: 2,
    tools: 3,
    closedTools: 0,
    driftedTools: 0,
    liveKeys: 1,
    liveTokens: 4,
    liveConnections: 0,
    ...counts,
  },
  createdAt: at,
  updatedAt: at,
  ...more,
});
const key = (lastUsedAt: string | null): KeyDto => ({
  id: "key_a",
  serverId: "srv_a",
  name: "default",
  masked: "gth_srv_…abcd",
  status: "active",
  createdAt: at,
  expiresAt: null,
  retiresAt: null,
  revokedAt: null,
  revokedReason: null,
  lastUsedAt,
  predecessorId: null,
});
const role = (scopes: ServerRoleDto["scopes"]): ServerRoleDto => ({
  id: "rol_a",
  name: "R",
  builtin: false,
  patterns: ["a:*"],
  scopes,
  openTools: 0,
  counts: { people: 0, agents: 0, liveTokens: 0 },
});
const reads = role([{ name: "a:read", access: "read" }]);
const ids = (...args: Parameters<typeof findingsOf>) => findingsOf(...args).map(({ id }) => id);

describe("findingsOf", () => {
  it("finds nothing on a server that is in use and as accepted", () => {
    expect(ids(server(), [key(at)], [reads])).toEqual([]);
  });

  it("leads a fresh server through what is missing", () => {
    const fresh = server({ scopes: 0, tools: 0, liveKeys: 0, liveTokens: 0 });
    expect(ids(fresh, [], [])).toEqual(["no_key", "no_tools"]);
  });

  it("tells a server that was never heard of from one whose keys have ended", () => {
    expect(ids(server(), [key(null)], [reads])).toEqual(["never_asked"]);
    expect(findingsOf(server({ liveKeys: 0 }), [key(at)], [reads])[0]?.title).toBe("None of its keys lives any more");
  });

  it("puts what stops calls before what only wants a look", () => {
    const found = ids(server({ driftedTools: 2, closedTools: 1 }, { status: "disabled" }), [key(at)], [reads]);
    expect(found).toEqual(["disabled", "drift", "closed"]);
  });

  it("says that no role gives anything where those that name it resolve to nothing", () => {
    expect(ids(server(), [key(at)], [role([])])).toEqual(["no_role"]);
    expect(ids(server({ liveTokens: 0 }), [key(at)], [reads])).toEqual(["no_token"]);
    expect(ids(server({ liveTokens: 0, liveConnections: 1 }), [key(at)], [reads])).toEqual([]);
  });

  it("tells a caller only whether it is disabled, and says nothing of the built-in server", () => {
    expect(ids(server({ driftedTools: 1, liveKeys: 0 }), null, null)).toEqual([]);
    expect(ids(server({ driftedTools: 1 }, { status: "disabled" }), null, null)).toEqual(["disabled"]);
    expect(ids(server({ tools: 0, liveKeys: 0 }, { builtin: true }), [], [])).toEqual([]);
  });
});
