import { resetPassword } from "@/lib/session/reset-password";
import type { Command } from "../command";

const resetCommand: Command = {
  noun: "admin",
  verb: "reset-password",
  summary: "Make a link with which a person sets a new password; it works once, for an hour",
  flags: { email: { type: "string", required: true, value: "<address>", help: "The address they sign in with" } },
  examples: ["gatehouse admin reset-password --email ada@example.com"],
  run: async (ctx, given) => {
    const made = await resetPassword(ctx, { email: given.need("email") });
    return { json: made, text: made.resetUrl, note: "Their present password works until they set the new one." };
  },
};

export const adminCommands: readonly Command[] = [resetCommand];
