import type { Tone } from "@/components/ui/badge";
import { countedFirst } from "@/lib/counted";
import type { ServerRoleDto } from "@/lib/server/access-schema";
import type { ServerDto } from "@/lib/server/schema";
import type { KeyDto } from "@/lib/key/schema";
import { tabHref } from "./server-tabs";

/** Something about a server that somebody should see to. */
export type Finding = {
  id: "disabled" | "no_tools" | "drift" | "closed" | "no_key" | "never_asked" | "no_role" | "no_token";
  tone: Tone;
  title: string;
  text: string;
  /** What to do about it; null where the page itself offers the button. */
  remedy: { label: string; href: string } | null;
};

/**
 * What needs attention, the gravest first. `keys` is null for a reader who only calls the server: they are told whether
 * it is disabled. `roles` is null where the reader may not see them. The built-in server needs nothing. Pure.
 */
export function findingsOf(
  server: ServerDto,
  keys: readonly KeyDto[] | null,
  roles: readonly ServerRoleDto[] | null,
): Finding[] {
  if (server.builtin) return [];
  if (keys === null) return stateFindings(server); // a caller, who can mend nothing of the rest
  return [
    ...stateFindings(server),
    ...keyFindings(server, keys),
    ...toolFindings(server),
    ...reachFindings(server, roles),
  ];
}

function stateFindings(server: ServerDto): Finding[] {
  if (server.status === "active") return [];
  const { liveTokens } = server.counts;
  return [
    {
      id: "disabled",
      tone: "revoked",
      title: "This server is disabled",
      text:
        liveTokens === 0
          ? "Every call on it is refused."
          : `Every call on it is refused, those with its ${countedFirst(liveTokens, "live token", "live tokens").toLowerCase()} too.`,
      remedy: null,
    },
  ];
}

function keyFindings(server: ServerDto, keys: readonly KeyDto[]): Finding[] {
  if (server.counts.liveKeys === 0)
    return [
      {
        id: "no_key",
        tone: "expiring",
        title: keys.length === 0 ? "It has no key yet" : "None of its keys lives any more",
        text: "Without a server key it cannot ask Gatehouse about a call.",
        remedy: { label: "Issue a key", href: tabHref(server.id, "keys", "issue=1") },
      },
    ];
  if (keys.some(({ lastUsedAt }) => lastUsedAt !== null)) return [];
  return [
    {
      id: "never_asked",
      tone: "expiring",
      title: "It has never asked Gatehouse",
      text: "It has a key, and never used it: its tools may be running unguarded.",
      remedy: { label: "Connect it", href: tabHref(server.id, "connect") },
    },
  ];
}

function toolFindings(server: ServerDto): Finding[] {
  const { tools, driftedTools, closedTools } = server.counts;
  if (tools === 0)
    return [
      {
        id: "no_tools",
        tone: "expiring",
        title: "It has no tools yet",
        text: "A tool that is not listed here is refused.",
        remedy: { label: "Import its tools", href: tabHref(server.id, "tools", "import=1") },
      },
    ];
  const found: Finding[] = [];
  if (driftedTools > 0)
    found.push({
      id: "drift",
      tone: "expiring",
      title: `${countedFirst(driftedTools, "tool differs", "tools differ")} from what was accepted`,
      text: `The server changed or dropped ${driftedTools === 1 ? "it" : "them"} since. Read what changed, then accept it or delete the tool.`,
      remedy: { label: "Review", href: tabHref(server.id, "tools", "drift=any") },
    });
  if (closedTools > 0)
    found.push({
      id: "closed",
      tone: "revoked",
      title: `${countedFirst(closedTools, "tool is", "tools are")} closed`,
      text: "No scope is set, so nobody may call what is closed.",
      remedy: { label: "Set their scopes", href: tabHref(server.id, "tools", "closed=true") },
    });
  return found;
}

function reachFindings(server: ServerDto, roles: readonly ServerRoleDto[] | null): Finding[] {
  if (roles === null || server.counts.scopes === 0) return [];
  if (!roles.some(({ scopes }) => scopes.length > 0))
    return [
      {
        id: "no_role",
        tone: "info",
        title: "No role gives anything here",
        text: "Nobody can be given a token for it until a role names its scopes.",
        remedy: { label: "Create a role", href: `/roles/new?server=${server.id}` },
      },
    ];
  if (server.counts.liveTokens + server.counts.liveConnections > 0) return [];
  return [
    {
      id: "no_token",
      tone: "info",
      title: "Nobody has a token for it",
      text: "Mint one for whoever shall call it, or connect an agent that signs in by itself.",
      remedy: { label: "Mint a token", href: `/tokens/new?server=${server.id}` },
    },
  ];
}
