"use client";

import { EffectDiff, type Effect } from "@/components/role/effect-diff";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { counted } from "@/lib/counted";
import { givenScopes, patternEffects, scopeEffect, type Patterns, type RoleServer } from "./role-draft";

const SHOWN_TOKENS = 6;

const names = (scopes: readonly { name: string }[]) => [...new Set(scopes.map((scope) => scope.name))].join(", ");

/** Before saving a change: patterns gained and lost, what that means today, and what it does to each live token. */
export function RoleEffect({
  servers,
  before,
  after,
  effects,
  notComputed,
}: {
  servers: readonly RoleServer[];
  before: Patterns;
  after: Patterns;
  /** By live token. */
  effects: readonly Effect[];
  /** How many live tokens the forecast does not cover. */
  notComputed: number;
}) {
  const patterns = patternEffects(servers, before, after);
  const { gained, lost } = scopeEffect(servers, before, after);
  const touched = effects.filter((effect) => effect.gained.length + effect.lost.length > 0);
  if (patterns.length === 0) {
    return (
      <Card title="What this changes">
        <p className="text-body text-ink-2">Nothing that tokens may do. {underIt(effects.length + notComputed)}</p>
      </Card>
    );
  }
  return (
    <Card title="What this changes">
      <div className="flex flex-col gap-3" role="status" data-testid="role-effect">
        <EffectDiff effects={patterns} />
        <ul className="text-body text-ink-2 flex list-disc flex-col gap-1.5 pl-4">
          {gained.length + lost.length === 0 ? <li>Today it gives the same scopes as before.</li> : null}
          {lost.length > 0 ? (
            <li>
              <span className="mono text-ink">{names(lost)}</span> {lost.length === 1 ? "is" : "are"} taken from every
              token at once; calls that need it are refused.
            </li>
          ) : null}
          {gained.length > 0 ? (
            <li>
              <span className="mono text-ink">{names(gained)}</span> comes to tokens that follow the role. It never
              widens one that was narrowed, and no read-only token ever writes.
            </li>
          ) : null}
          <li>{liveTokens(effects.length + notComputed)}</li>
        </ul>
        {touched.length > 0 ? (
          <>
            <p className="text-body text-ink font-medium">By token</p>
            <EffectDiff effects={touched.slice(0, SHOWN_TOKENS)} />
            {touched.length > SHOWN_TOKENS ? (
              <p className="text-meta text-ink-2">
                And {counted(touched.length - SHOWN_TOKENS, "more token")} likewise.
              </p>
            ) : null}
          </>
        ) : null}
        {notComputed > 0 ? (
          <Callout tone="expiring">The effect on {counted(notComputed, "further token")} was not computed.</Callout>
        ) : null}
      </div>
    </Card>
  );
}

function underIt(total: number): string {
  return total === 0
    ? "No live token is under this role."
    : `${counted(total, "live token")} ${total === 1 ? "is" : "are"} under this role.`;
}

function liveTokens(total: number): string {
  return total === 0 ? underIt(0) : `It takes effect at once on ${counted(total, "live token")} under this role.`;
}

/** For a new role: what it gives, in words. */
export function RoleSummary({ servers, patterns }: { servers: readonly RoleServer[]; patterns: Patterns }) {
  const scopes = givenScopes(servers, patterns);
  const tools = [...new Set(scopes.flatMap((scope) => scope.tools))];
  const where = servers.filter((server) => scopes.some((scope) => scope.serverId === server.id));
  if (scopes.length === 0) {
    return (
      <Card title="In words">
        <p className="text-body text-ink-2">Choose scopes; what they permit is told here before you save.</p>
      </Card>
    );
  }
  return (
    <Card title="In words">
      <div className="text-body flex flex-col gap-2" data-testid="role-summary">
        <p className="text-ink">
          Whoever holds it may{" "}
          <strong className="font-semibold">
            {scopes.every((scope) => scope.access === "read") ? "only read" : "read and write"}
          </strong>{" "}
          on {where.map((server) => server.name).join(", ")}, with tokens minted under it.
        </p>
        <p className="text-ink-2">
          {counted(scopes.length, "scope")} today.{" "}
          {tools.length === 0
            ? "They open no tool yet."
            : `They open ${counted(tools.length, "tool")}: ${tools.slice(0, 10).join(", ")}${tools.length > 10 ? ", …" : ""}.`}
        </p>
      </div>
    </Card>
  );
}
