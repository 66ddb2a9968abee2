import { resetSecondFactor } from "@/lib/second-factor/reset";
import { resetPassword } from "@/lib/session/reset-password";
import type { Command } from "../command";
import { resolve } from "../references";

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

const resetFactorCommand: Command = {
  noun: "admin",
  verb: "reset-second-factor",
  summary:
    "Take off the second factor of a person who has lost it; their sessions end, and their password alone signs them in",
  flags: { email: { type: "string", required: true, value: "<address>", help: "The address they sign in with" } },
  examples: ["gatehouse admin reset-second-factor --email ada@example.com"],
  run: async (ctx, given) => {
    const done = await resetSecondFactor(ctx, { personId: await resolve(ctx, "person", given.need("email")) });
    return { json: done, text: done.reset ? "Taken off." : "They have none: nothing was done." };
  },
};

export const adminCommands: readonly Command[] = [resetCommand, resetFactorCommand];
