import { mintToken } from "@/lib/token/mint";
import { mintTokenSchema, type MintedTokenDto } from "@/lib/token/schema";
import { systemCtx } from "./ctx";
import { makeHolder, makeRole, makeServer } from "./make";

/** A person, a role (`tickets:*`) and a server, and what mints a token of that person under it. */
export async function makeTokenParties(patterns: readonly string[] = ["tickets:*"]) {
  const server = await makeServer();
  const role = await makeRole([server.id], patterns);
  const person = await makeHolder(role.id);
  const input = (more: object = {}) =>
    mintTokenSchema.parse({
      name: "Laptop",
      personId: person.id,
      roleId: role.id,
      serverIds: [server.id],
      ...more,
    });
  const mint = (more: object = {}): Promise<MintedTokenDto> => mintToken(systemCtx(), input(more));
  return { server, role, person, input, mint };
}
