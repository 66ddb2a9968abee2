"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { createScopeAction } from "../actions";
import type { CreateScope, ScopeOption } from "./scope-combobox";

/** The server's scopes, with those just made here, and what makes one. */
export function useCreateScope(
  serverId: string,
  scopes: readonly ScopeOption[],
): { known: readonly ScopeOption[]; create: CreateScope; error: string | null } {
  const router = useRouter();
  const [made, setMade] = useState<readonly ScopeOption[]>([]);
  const { run, error } = useAction(createScopeAction, { onSuccess: () => router.refresh() });
  const create: CreateScope = async (name, access) => {
    const { ok } = await run({ serverId, name, access });
    if (ok) setMade((before) => [...before, { name, access }]);
    return ok;
  };
  const fresh = made.filter(({ name }) => !scopes.some((scope) => scope.name === name));
  return { known: [...scopes, ...fresh], create, error: error?.fields[0]?.message ?? null };
}
