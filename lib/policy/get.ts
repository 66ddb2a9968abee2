import "server-only";
import { defineRead } from "@/lib/verb";

/** How long tokens may live on this instance, in seconds. A server may ask for less. */
export type TokenPolicyDto = { maxTokenLifetimeSeconds: number; defaultTokenLifetimeSeconds: number };

/** The instance's policy for tokens, for whoever may mint one. */
export const getTokenPolicy = defineRead(
  { action: "token.read", permission: ["token.read", "token.read.own"] },
  async ({ db }): Promise<TokenPolicyDto> =>
    db.instance.findUniqueOrThrow({
      where: { id: 1 },
      select: { maxTokenLifetimeSeconds: true, defaultTokenLifetimeSeconds: true },
    }),
);
