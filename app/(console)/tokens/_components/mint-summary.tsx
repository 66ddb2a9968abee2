"use client";

import { AccessBadge } from "@/components/scope/access-badge";
import type { OfferedScope } from "@/components/scope/scope-groups";
import { expiryMoment } from "@/components/token/expiry";
import { Card } from "@/components/ui/card";
import { formatLocal } from "@/components/ui/format-time";
import { useNow } from "@/components/ui/time";
import { counted } from "@/lib/counted";
import type { MintDraft } from "./mint-draft";
import type { MintOptions, RoleOption, ServerOption } from "./mint-options";

/** In plain words, before the button: who may do what, where, how often and until when. */
export function MintSummary({
  options,
  draft,
  role,
  servers,
  scopes,
}: {
  options: MintOptions;
  draft: MintDraft;
  role: RoleOption | undefined;
  servers: readonly ServerOption[];
  scopes: readonly OfferedScope[];
}) {
  const nowMs = useNow();
  const person = draft.holderKind === "agent" ? undefined : options.people.find((one) => one.id === draft.personId);
  const agent = draft.holderKind === "person" ? undefined : options.agents.find((one) => one.id === draft.agentId);
  const moment = expiryMoment(draft.expiry, nowMs);
  const tools = [...new Set(scopes.flatMap((scope) => scope.tools))];
  const writes = scopes.some((scope) => scope.access !== "read");
  return (
    <Card title="In words">
      {role && servers.length > 0 && (person ?? agent) ? (
        <div className="text-body flex flex-col gap-3" data-testid="mint-summary">
          <p className="text-ink">
            <strong className="font-semibold">{[person?.name, agent?.name].filter(Boolean).join(" through ")}</strong>{" "}
            may <strong className="font-semibold">{writes ? "read and write" : "only read"}</strong> on{" "}
            {servers.map((server) => server.name).join(", ")}, as {role.name}
            {moment ? <span suppressHydrationWarning>, until {formatLocal(moment)}</span> : null}.
          </p>
          <ul className="flex flex-col gap-1">
            {scopes.map((scope) => (
              <li key={scope.name} className="flex items-center gap-2">
                <code className="mono">{scope.name}</code>
                <AccessBadge access={scope.access} />
              </li>
            ))}
          </ul>
          <p className="text-meta text-ink-2">
            {tools.length === 0
              ? "It opens no tool yet."
              : `It opens ${tools.length === 1 ? "one tool" : `${tools.length} tools`}: ${tools.slice(0, 8).join(", ")}${tools.length > 8 ? ", …" : ""}.`}
          </p>
          <p className="text-meta text-ink-2">
            {draft.cidrs.length === 0
              ? "From any address"
              : `From ${counted(draft.cidrs.length, "listed address", "listed addresses")} only`}
            ,{" "}
            {draft.rateLimit
              ? `at most ${draft.rateLimit.limit} calls per ${draft.rateLimit.windowSeconds} s.`
              : "as often as it likes."}
          </p>
        </div>
      ) : (
        <p className="text-body text-ink-2">
          Choose who it is for, a role and a server; what it may do is told here before you mint it.
        </p>
      )}
    </Card>
  );
}
