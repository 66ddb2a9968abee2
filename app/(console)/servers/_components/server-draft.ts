import { fromSpanDraft, toSpanDraft, type SpanDraft } from "@/components/ui/span";
import type { AuditLevel, ServerDto } from "@/lib/server/schema";
import { slugFrom } from "@/lib/server/slug-from";

/** Client-safe: a server as the forms hold it. */
export type ServerDraft = {
  name: string;
  /** Null while it follows the name. */
  slug: string | null;
  resource: string;
  description: string;
  lifetime: SpanDraft;
  auditLevel: AuditLevel;
};

export const EMPTY_SERVER: ServerDraft = {
  name: "",
  slug: null,
  resource: "",
  description: "",
  lifetime: toSpanDraft(null),
  auditLevel: "full",
};

/** A server that is there, to be changed. */
export function toServerDraft(server: ServerDto): ServerDraft {
  const { name, slug, resource, description, auditLevel } = server;
  return { name, slug, resource, description, lifetime: toSpanDraft(server.maxTokenLifetimeSeconds), auditLevel };
}

/** The slug as it is shown: what was typed, or what the name suggests. */
export function shownSlug({ name, slug }: ServerDraft): string {
  return slug ?? (name.trim() ? slugFrom(name) : "");
}

/** The input of `createServer` and `updateServer`. A slug that nobody typed is left to the verb, which takes a free one. */
export function toServerInput({ name, slug, resource, description, lifetime, auditLevel }: ServerDraft) {
  return {
    name,
    slug: slug || undefined,
    resource,
    description,
    maxTokenLifetimeSeconds: fromSpanDraft(lifetime),
    auditLevel,
  };
}

/** The first thing that is not there yet, as the reason why the button waits. */
export function missingInServer(draft: ServerDraft): string | null {
  if (!draft.name.trim()) return "Give it a name first";
  if (!draft.resource.trim()) return "Give its resource first";
  return null;
}
