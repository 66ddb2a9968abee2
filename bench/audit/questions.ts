import type { World } from "./world";

/** A kind of question, and what is asked in each of its turns. */
export type Question = { what: string; ask: (turn: number) => string };

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

/** What reviewers ask, of common and of rare things, of what goes on and of what has ended, and of what is not there. */
export function questionsOf(world: World): Question[] {
  const { servers, people, agents, tokens } = world;
  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;
  const ended = tokens.filter((token) => token.ended);
  return [
    { what: "everything", ask: () => "" },
    { what: "a common agent", ask: (turn) => `agent:${pick(agents, turn % 5).id}` },
    { what: "a rare agent", ask: (turn) => `agent:${pick(agents, agents.length - 1 - turn).id}` },
    { what: "a common server", ask: (turn) => `server:${pick(servers, turn % 4).slug}` },
    { what: "a person by name", ask: (turn) => `person:"${pick(people, turn * 7).name}"` },
    { what: "a common token that ended long ago", ask: (turn) => `token:${pick(ended, turn % 8).credential.id}` },
    { what: "a rare token", ask: (turn) => `token:${pick(tokens, tokens.length - 1 - turn * 3).credential.id}` },
    { what: "a token that is not there", ask: (turn) => `token:tok_${String(turn).padStart(26, "0")}` },
    { what: "a tool", ask: (turn) => `tool:${pick(pick(servers, turn).tools, turn)}` },
    { what: "refusals", ask: () => "outcome:deny" },
    { what: "refusals of a server for a reason", ask: (turn) => `server:${pick(servers, turn).slug} reason:expired` },
    {
      what: "two things that never met",
      ask: (turn) => `agent:${pick(agents, 590 + (turn % 9)).id} tool:${pick(pick(servers, 39).tools, 19)}`,
    },
    {
      what: "an action that is rare",
      ask: (turn) => pick(["action:token.mint", "action:token.update", "action:oauth.refresh"], turn),
    },
    { what: "a network", ask: (turn) => `ip:192.168.${turn * 3}.0/24` },
    { what: "a day, and a server", ask: (turn) => `created:${day(2 + turn)} server:${pick(servers, turn).slug}` },
    { what: "all but the common", ask: () => "-action:token.validate -action:tool.call" },
    { what: "a common word", ask: (turn) => pick(["refund", "invoice", "urgent second", "delivery"], turn) },
    { what: "a word of one entry in two million", ask: () => "zanzibar" },
    { what: "a number", ask: (turn) => String(1_234_567 + turn * 7919) },
    { what: "a word that is not there", ask: (turn) => pick(["quixotic", "nowherefound", "umbrella"], turn) },
    { what: "a word of a server", ask: (turn) => `server:${pick(servers, 20 + turn).slug} refund` },
  ];
}
