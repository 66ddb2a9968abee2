"use client";

import { useState } from "react";
import { EntityPicker } from "@/components/entity/entity-picker";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Field, FieldMessage } from "@/components/ui/field";
import type { Patterns, RoleServer } from "./role-draft";
import { ServerScopes } from "./server-scopes";

const OPEN_AT_MOST = 2;

type Props = {
  servers: readonly RoleServer[];
  patterns: Patterns;
  onChange: (patterns: Patterns) => void;
};

/** What the role gives, server by server; the servers that it does not reach wait in a picker. */
export function RoleGrantsFields({ servers, patterns, onChange, error }: Props & { error: string | undefined }) {
  const [added, setAdded] = useState<string | null>(null);
  const chosen = servers.filter((server) => server.id in patterns);
  const others = servers.filter((server) => !(server.id in patterns));
  const remove = (id: string) =>
    onChange(Object.fromEntries(Object.entries(patterns).filter(([serverId]) => serverId !== id)));
  return (
    <Card title="What does it give?" description="Patterns are resolved whenever a call is decided.">
      <div className="flex flex-col gap-3">
        {chosen.map((server) => (
          <ServerScopes
            key={server.id}
            server={server}
            patterns={patterns[server.id] ?? []}
            onChange={(next) => onChange({ ...patterns, [server.id]: next })}
            onRemove={() => remove(server.id)}
            startOpen={chosen.length <= OPEN_AT_MOST || server.id === added}
          />
        ))}
        {others.length > 0 ? (
          <Field
            label={chosen.length === 0 ? "Server" : "Another server"}
            hideLabel={chosen.length > 0}
            hint={chosen.length === 0 ? "Choose where the role works; its scopes come next." : undefined}
          >
            <EntityPicker
              value={null}
              placeholder={chosen.length === 0 ? "Choose a server…" : "Add a server…"}
              searchLabel="Search servers"
              onChange={(id) => {
                if (id === null) return;
                setAdded(id);
                onChange({ ...patterns, [id]: [] });
              }}
              options={others.map((server) => ({
                value: server.id,
                label: server.name,
                description: server.scopes.length === 0 ? "offers no scopes yet" : `${server.scopes.length} scopes`,
              }))}
            />
          </Field>
        ) : null}
        {servers.length === 0 ? (
          <p className="text-body text-ink-2">No server is registered yet. Register one first: its scopes come here.</p>
        ) : null}
        {error ? <FieldMessage>{error}</FieldMessage> : null}
      </div>
    </Card>
  );
}

/** Gatehouse's own admin API, apart from the rest: who may give it can make admins of machines. */
export function RoleAdminFields({ servers, patterns, onChange, mayGive }: Props & { mayGive: boolean }) {
  const [server] = servers;
  if (!server || (!mayGive && !patterns[server.id]?.length)) return null;
  return (
    <Card title="Gatehouse itself" description="Scopes of its own admin API, for tokens that administer Gatehouse.">
      <div className="flex flex-col gap-3">
        <Callout tone="expiring" title="This makes administrators">
          A token under such a role changes servers, roles, people and tokens without anybody signing in. Most roles
          need none of it.
          {mayGive ? null : " Only an owner may change it."}
        </Callout>
        <ServerScopes
          server={server}
          patterns={patterns[server.id] ?? []}
          onChange={(next) => onChange({ ...patterns, [server.id]: next })}
          startOpen={Boolean(patterns[server.id]?.length)}
          disabled={!mayGive}
        />
      </div>
    </Card>
  );
}
