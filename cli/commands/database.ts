import { resolve } from "node:path";
import { recordAlone } from "@/lib/verb";
import { backUpEmbedded } from "@/server/database/backup";
import type { Command } from "../command";

const backup: Command = {
  noun: "database",
  verb: "backup",
  summary: "Copy the embedded database to a new folder, also while Gatehouse runs",
  flags: { to: { type: "string", required: true, value: "<folder>", help: "The folder to make; it must not exist" } },
  examples: ["gatehouse database backup --to /backup/gatehouse-monday"],
  run: async (ctx, given) => {
    const to = resolve(given.need("to"));
    await backUpEmbedded({ url: process.env.DATABASE_URL ?? "", to });
    await recordAlone(ctx, [
      { action: "instance.backup", outcome: "success", target: { kind: "instance", id: "gatehouse" }, details: { to } },
    ]);
    return { json: { to }, text: to, note: "The secret is not in it: keep a copy of that elsewhere." };
  },
};

export const databaseCommands: readonly Command[] = [backup];
