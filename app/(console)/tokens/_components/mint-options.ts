import type { OfferedScope } from "@/components/scope/scope-groups";

/** Client-safe: what the mint form offers. */

export type ServerOption = {
  id: string;
  name: string;
  slug: string;
  resource: string;
  builtin: boolean;
  /** The longest life that the server lets a token have; null leaves it to the instance. */
  maxSeconds: number | null;
  /** What the role gives here today. */
  scopes: OfferedScope[];
};
export type RoleOption = { id: string; name: string; description: string; readOnly: boolean; servers: ServerOption[] };
export type PersonOption = { id: string; name: string; email: string; roleIds: string[] };
export type AgentOption = {
  id: string;
  name: string;
  kind: "interactive" | "machine";
  ownerName: string | null;
  roleIds: string[];
};

export type MintOptions = {
  selfId: string;
  mayMintForOthers: boolean;
  people: PersonOption[];
  agents: AgentOption[];
  roles: RoleOption[];
  policy: { maxSeconds: number; defaultSeconds: number };
};
