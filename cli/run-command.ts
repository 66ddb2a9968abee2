import { systemCtx } from "@/lib/testing/ctx";
import type { Outcome } from "./command";
import { commands } from "./commands";
import { parseGiven } from "./parse";

/** For tests: what `gatehouse audit …` answers, without a process of its own. */
export async function audit(verb: string, ...args: string[]): Promise<Outcome> {
  const command = commands.find((one) => one.noun === "audit" && one.verb === verb);
  if (!command) throw new Error(`there is no audit ${verb}`);
  return (await command.run(systemCtx(), parseGiven(command, args))) ?? { json: null, text: "" };
}
