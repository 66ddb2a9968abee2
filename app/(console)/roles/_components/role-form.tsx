"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { effectSummary } from "@/components/role/effect-diff";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import type { RoleDto } from "@/lib/role/schema";
import { createRoleAction, updateRoleAction } from "../actions";
import {
  patternsOf,
  tokenEffects,
  toGrants,
  withoutCovered,
  type Patterns,
  type RoleServer,
  type RoleToken,
} from "./role-draft";
import { RoleEffect, RoleSummary } from "./role-effect";
import { RoleAdminFields, RoleGrantsFields } from "./role-grants-fields";

export type RoleFormProps = {
  servers: readonly RoleServer[];
  /** The role that is edited; absent for a new one. */
  role?: RoleDto;
  /** What a new one starts with (a duplicate). */
  preset?: Pick<RoleDto, "name" | "description" | "grants">;
  tokens?: readonly RoleToken[];
  mayGiveAdmin: boolean;
};

const NOTHING: Patterns = {};

/** Creates or edits a role. Beside the fields stands what saving would mean. */
export function RoleForm({ servers, role, preset, tokens = [], mayGiveAdmin }: RoleFormProps) {
  const router = useRouter();
  const start = role ?? preset;
  const [before] = useState(() => (start ? patternsOf(start) : NOTHING));
  const [name, setName] = useState(start?.name ?? "");
  const [description, setDescription] = useState(start?.description ?? "");
  const [patterns, setPatterns] = useState<Patterns>(() => firstPatterns(before, servers));
  const open = (saved: RoleDto) => {
    router.push(`/roles/${saved.id}`);
    router.refresh();
  };
  const create = useAction(createRoleAction, { success: "Role created", toastErrors: false, onSuccess: open });
  const update = useAction(updateRoleAction, { success: "Role saved", toastErrors: false, onSuccess: open });
  const { error, fieldErrors, pending } = role ? update : create;
  const after = tidied(before, patterns);
  const effects = tokenEffects(servers, before, after, tokens);
  const notComputed = role ? Math.max(0, role.counts.liveTokens - tokens.length) : 0;
  const grants = toGrants(after);
  const submit = () => {
    const input = { name, description, grants };
    void (role ? update.run({ roleId: role.id, ...input }) : create.run(input));
  };
  const fields = { patterns, onChange: setPatterns };
  return (
    <form
      className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_340px]"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="flex min-w-0 flex-col gap-6">
        <Card title="What is it called?">
          <div className="flex flex-col gap-5">
            <Field label="Name" required error={fieldErrors.name} hint="Say what its holders do: Support, Deploys.">
              <Input
                value={name}
                maxLength={200}
                autoComplete="off"
                onChange={(event) => setName(event.target.value)}
              />
            </Field>
            <Field label="Description" optional error={fieldErrors.description}>
              <Textarea
                rows={2}
                maxLength={2000}
                value={description}
                onChange={(event) => setDescription(event.target.value)}
              />
            </Field>
          </div>
        </Card>
        <RoleGrantsFields
          {...fields}
          servers={servers.filter((server) => !server.builtin)}
          error={grantsError(fieldErrors)}
        />
        <RoleAdminFields {...fields} servers={servers.filter((server) => server.builtin)} mayGive={mayGiveAdmin} />
      </div>
      <div className="flex flex-col gap-4 lg:sticky lg:top-6">
        {role ? (
          <RoleEffect {...{ servers, before, after, effects, notComputed }} />
        ) : (
          <RoleSummary servers={servers} patterns={patterns} />
        )}
        <ActionFailure
          error={error}
          forbidden="Only an owner gives scopes of Gatehouse's own admin API. The attempt stands in the audit log."
        />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" busy={pending} disabledReason={missing(name, grants.length)}>
            {role ? effectSummary(effects) : "Create role"}
          </Button>
          <ButtonLink href={role ? `/roles/${role.id}` : "/roles"} variant="ghost">
            Cancel
          </ButtonLink>
        </div>
      </div>
    </form>
  );
}

/** Where there is a single server to choose, it is chosen. */
function firstPatterns(before: Patterns, servers: readonly RoleServer[]): Patterns {
  const [only, ...others] = servers.filter((server) => !server.builtin);
  return Object.keys(before).length === 0 && only && others.length === 0 ? { [only.id]: [] } : before;
}

/** What would be saved: servers that were touched lose what a wildcard covers; the others stay to the letter. */
function tidied(before: Patterns, patterns: Patterns): Patterns {
  return Object.fromEntries(
    Object.entries(patterns).map(([id, list]) => [id, list === before[id] ? list : withoutCovered(list)]),
  );
}

function missing(name: string, grants: number): string | null {
  if (!name.trim()) return "Give it a name first";
  return grants === 0 ? "Choose at least one scope first" : null;
}

function grantsError(fieldErrors: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(fieldErrors).find(([path]) => /^(grants|scopes|serverIds)/.test(path))?.[1];
}
