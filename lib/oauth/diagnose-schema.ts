import { z } from "zod";

/** Client-safe: what a client meets that looks for the way in to an MCP server. */

export const diagnoseSchema = z.strictObject({
  /** The server's MCP endpoint, as somebody would give it to a client. */
  url: z
    .url({ protocol: /^https?$/, error: "is not an http or https address" })
    .max(2000)
    .refine(
      (text) => URL.canParse(text) && !new URL(text).username && !new URL(text).password,
      "must hold no credentials",
    ),
});
export type DiagnoseInput = z.infer<typeof diagnoseSchema>;

/** One thing that was looked at: it is as it should be, it works but for some clients, or a client ends here. */
export type Finding = { outcome: "ok" | "warning" | "fault"; title: string; detail: string };

/** The walk, step by step, in a client's order. It ends where a client would. */
export type Diagnosis = { url: string; findings: readonly Finding[] };
