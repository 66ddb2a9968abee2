import type { AgentDto } from "@/lib/agent/schema";

/** How an agent came to be known here, in a few words. */
export function originWords({ origin, documentHost }: Pick<AgentDto, "origin" | "documentHost">): string {
  if (origin === "document") return `known by its document on ${documentHost ?? "an unknown host"}`;
  return origin === "dynamic" ? "registered itself" : "registered here";
}
