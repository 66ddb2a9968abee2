import type { Ctx } from "@/lib/ctx";
import { revocationWords } from "@/lib/token/revocation-words";
import { revokeTokens } from "@/lib/token/revoke";
import { revokeAllTokens } from "@/lib/token/revoke-all";
import { rotateToken } from "@/lib/token/rotate";
import { REVOKE_BY, revokeAllSchema, revokeSchema, rotateTokenSchema, type RevokeBy } from "@/lib/token/schema";
import { inputOf, SHOWN_ONCE, type Command, type Given, type Outcome } from "../command";
import { usageError } from "../failure";
import { numeric } from "../numeric";
import { resolve } from "../references";

const rotate: Command = {
  noun: "token",
  verb: "rotate",
  summary: "Issue a successor with the same terms; the old one works for the overlap",
  words: { usage: "<id|name>", min: 1, max: 1 },
  flags: { overlap: { type: "string", value: "<seconds>", help: "0 to 2592000 (30 days); 86400 where left out" } },
  examples: ["gatehouse token rotate tok_… --overlap 3600"],
  run: async (ctx, given) => {
    const tokenId = await resolve(ctx, "token", given.words[0] ?? "");
    const input = inputOf(rotateTokenSchema, { overlapSeconds: numeric(given.text("overlap")) });
    const rotated = await rotateToken(ctx, { ...input, tokenId });
    const until = rotated.predecessor.retiresAt ?? "now";
    return {
      json: rotated,
      text: rotated.token,
      note: `${rotated.id}; the old one works until ${until}. ${SHOWN_ONCE}`,
    };
  },
};

/** What is to be revoked, by the one flag that names it. */
const REVOKE_FLAGS = { agent: "agents", person: "people", server: "servers", role: "roles" } as const satisfies Record<
  string,
  RevokeBy
>;

const revoke: Command = {
  noun: "token",
  verb: "revoke",
  summary: "Revoke a token, or every token of an agent, person, server or role, for good",
  words: { usage: "[<id|name>]", min: 0, max: 1 },
  flags: {
    agent: { type: "string", value: "<id|name>", help: "Every token of this agent" },
    person: { type: "string", value: "<id|email>", help: "Every token of this person" },
    server: { type: "string", value: "<id|slug>", help: "Every token for this server" },
    role: { type: "string", value: "<id|name>", help: "Every token under this role" },
    all: { type: "boolean", help: "Every token; needs --reason and --yes" },
    yes: { type: "boolean", help: "Confirms --all" },
    reason: { type: "string", value: "<text>", help: "Stands in the log" },
    urgent: { type: "boolean", help: "The token leaked: deny everywhere at once" },
  },
  examples: [
    "gatehouse token revoke tok_… --reason 'left the team'",
    "gatehouse token revoke --agent Claude --urgent --reason 'laptop stolen'",
  ],
  run: async (ctx, given) => outcomeOf(await revokeNamed(ctx, given)),
};

async function revokeNamed(ctx: Ctx, given: Given) {
  const flags = Object.keys(REVOKE_FLAGS) as (keyof typeof REVOKE_FLAGS)[];
  const named = flags.filter((flag) => given.text(flag) !== undefined);
  const [word] = given.words;
  if (named.length + (word ? 1 : 0) + (given.on("all") ? 1 : 0) !== 1) {
    throw usageError("Name one thing: a token, or one of --agent, --person, --server, --role, --all.");
  }
  if (given.on("all")) {
    if (!given.on("yes")) throw usageError("--all revokes every token there is: add --yes to confirm it.");
    return revokeAllTokens(ctx, inputOf(revokeAllSchema, { reason: given.text("reason"), confirm: "revoke-all" }));
  }
  const input = inputOf(revokeSchema, { reason: given.text("reason"), urgent: given.on("urgent") });
  const [flag] = named;
  const id = flag ? await resolve(ctx, flag, given.need(flag)) : await resolve(ctx, "token", word ?? "");
  return revokeTokens(ctx, { ...input, by: flag ? REVOKE_FLAGS[flag] : REVOKE_BY[0], id });
}

function outcomeOf(done: Awaited<ReturnType<typeof revokeNamed>>): Outcome {
  return { json: done, text: revocationWords(done, { many: true }), bad: !done.complete };
}

export const tokenEndCommands: readonly Command[] = [rotate, revoke];
