import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { narrowsAddresses, normaliseCidrs } from "./cidr";
import { requireTheirs } from "./get";
import { describeCredential } from "./insert";
import { loadTokens } from "./rows";
import type { TokenDto, UpdateTokenInput } from "./schema";

/**
 * Changes a token's name, note, addresses or rate limit; what is left out stays. What it may do never widens but for
 * those two. A revoked token keeps its terms. Errors: `token_not_found`, `not_live`, `validation_failed`
 * (`allowedCidrs.N`).
 */
export const updateToken = defineVerb(
  {
    action: "token.update",
    permission: ["token.write", "token.write.own"],
    target: (input: UpdateTokenInput) => ({ kind: "token", id: input.tokenId }),
  },
  async ({ ctx, tx, record, narrow }, input): Promise<TokenDto> => {
    await tx.$executeRaw`SELECT 1 FROM token WHERE id = ${input.tokenId} FOR UPDATE`;
    const row = await tx.token.findUnique({
      where: { id: input.tokenId },
      include: {
        person: { select: { id: true, name: true } },
        agent: { select: { id: true, name: true } },
        role: { select: { id: true, name: true } },
        servers: { select: { server: { select: { id: true, name: true } } }, orderBy: { serverId: "asc" } },
      },
    });
    requireTheirs(ctx, "token.write", row);
    if (!row) throw new GatehouseError("token_not_found");
    if (row.revokedAt) throw new GatehouseError("not_live", { detail: "A revoked token cannot be changed." });
    const before = {
      name: row.name,
      note: row.note,
      allowedCidrs: row.allowedCidrs,
      rateLimit: row.rateLimit === null ? null : { limit: row.rateLimit, windowSeconds: row.rateWindowSeconds },
    };
    const allowedCidrs = input.allowedCidrs && normaliseCidrs(input.allowedCidrs);
    const changes = changesBetween(before, {
      name: input.name,
      note: input.note,
      allowedCidrs,
      rateLimit: input.rateLimit,
    });
    if (changes.length > 0) {
      await tx.token.update({
        where: { id: row.id },
        data: {
          name: input.name,
          note: input.note,
          allowedCidrs,
          rateLimit: input.rateLimit === undefined ? undefined : (input.rateLimit?.limit ?? null),
          rateWindowSeconds: input.rateLimit === undefined ? undefined : (input.rateLimit?.windowSeconds ?? null),
        },
      });
      const name = input.name ?? row.name;
      record({
        action: "token.update",
        outcome: "success",
        target: { kind: "token", id: row.id, name },
        credential: describeCredential({ ...row, name }),
        person: row.person,
        agent: row.agent,
        role: row.role,
        servers: row.servers.map(({ server }) => server),
        changes,
      });
    }
    const [token] = await loadTokens(tx, [row.id], ctx.nowSeconds());
    if (!token) throw new Error("the token just changed is not there");
    const rateChanged = changes.some(({ field }) => field === "rateLimit");
    if (rateChanged || (allowedCidrs && narrowsAddresses(before.allowedCidrs, allowedCidrs)))
      await narrow([{ kind: "token", id: row.id }]);
    return token;
  },
);
