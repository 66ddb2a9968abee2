import { describe, expect, it } from "vitest";
import { TOKEN_FLAGS } from "./schema";
import { tokenFlags, tokenStatus, type TokenFacts } from "./status";

const NOW = 1_800_000_000;
const DAY = 86_400;
const facts = (more: Partial<TokenFacts> = {}): TokenFacts => ({
  revoked: false,
  createdAt: NOW - DAY,
  notBefore: null,
  expiresAt: NOW + 30 * DAY,
  retiresAt: null,
  lastUsedAt: NOW - 60,
  personSuspended: false,
  agentSuspended: false,
  roleArchived: false,
  roleHeld: true,
  servers: [{ disabled: false, effective: true }],
  rateLimited: true,
  addressLimited: true,
  orphaned: false,
  ...more,
});

describe("tokenStatus", () => {
  it.each<[Partial<TokenFacts>, string]>([
    [{}, "active"],
    [{ revoked: true, expiresAt: NOW - 1 }, "revoked"],
    [{ expiresAt: NOW }, "expired"],
    [{ expiresAt: NOW + 0.001 }, "expiring"],
    // As validate answers: an overlap that is over was ended by somebody, before the token's own end.
    [{ retiresAt: NOW }, "revoked"],
    [{ retiresAt: NOW - 9, expiresAt: NOW - 1 }, "revoked"],
    [{ retiresAt: NOW, expiresAt: NOW }, "expired"],
    [{ expiresAt: NOW - 1, personSuspended: true }, "expired"],
    [{ personSuspended: true }, "blocked"],
    [{ agentSuspended: true, notBefore: NOW + 1 }, "blocked"],
    [{ roleHeld: false }, "blocked"],
    [{ roleArchived: true }, "blocked"],
    [{ servers: [{ disabled: true, effective: true }] }, "blocked"],
    [{ servers: [{ disabled: false, effective: false }] }, "blocked"],
    [
      {
        servers: [
          { disabled: true, effective: true },
          { disabled: false, effective: false },
        ],
      },
      "blocked",
    ],
    [
      {
        servers: [
          { disabled: true, effective: true },
          { disabled: false, effective: true },
        ],
      },
      "active",
    ],
    [{ notBefore: NOW + 1, retiresAt: NOW + 5 }, "not_yet_valid"],
    [{ notBefore: NOW }, "active"],
    [{ retiresAt: NOW + 1, expiresAt: NOW + 2 }, "retiring"],
    [{ expiresAt: NOW + 7 * DAY }, "expiring"],
    [{ expiresAt: NOW + 7 * DAY + 1 }, "active"],
  ])("of %j is %s", (more, expected) => expect(tokenStatus(facts(more), NOW)).toBe(expected));
});

describe("tokenFlags", () => {
  it.each<[Partial<TokenFacts>, string[]]>([
    [{}, []],
    [{ lastUsedAt: null }, []],
    [{ lastUsedAt: null, createdAt: NOW - 7 * DAY - 1 }, ["never_used"]],
    [{ lastUsedAt: NOW - 30 * DAY - 1 }, ["dormant"]],
    [{ rateLimited: false, addressLimited: false }, ["no_rate_limit", "no_address_limit"]],
    [{ revoked: true, retiresAt: NOW + 5, expiresAt: NOW + 10 }, ["revoked"]],
    [
      { orphaned: true, servers: [{ disabled: true, effective: false }] },
      ["server_disabled", "nothing_effective", "orphaned"],
    ],
  ])("of %j are %j", (more, expected) => expect(tokenFlags(facts(more), NOW)).toEqual(expected));

  it("come in the agreed order", () => {
    const everything = tokenFlags(
      facts({
        revoked: true,
        expiresAt: 0,
        createdAt: 0,
        lastUsedAt: null,
        notBefore: NOW + 9,
        personSuspended: true,
        agentSuspended: true,
        roleHeld: false,
        roleArchived: true,
        servers: [{ disabled: true, effective: false }],
        rateLimited: false,
        addressLimited: false,
        orphaned: true,
      }),
      NOW,
    );
    expect(everything).toEqual(TOKEN_FLAGS.filter((flag) => !["retiring", "expiring", "dormant"].includes(flag)));
  });
});
