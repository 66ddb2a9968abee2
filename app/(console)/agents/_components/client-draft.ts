import { fromSpanDraft, toSpanDraft, type SpanDraft } from "@/components/ui/span";
import type { AgentDto } from "@/lib/agent/schema";
import { PROVED_GRANTS, type ExtraGrant, type OauthClientDto, type SetClientInput } from "@/lib/oauth/client-schema";
import { extraGrantsOf } from "./client-words";

/** Client-safe: the form of an OAuth client, as it is being filled in. */
export type ClientDraft = {
  kind: AgentDto["kind"];
  authMethod: OauthClientDto["authMethod"];
  /** One per line. */
  redirectUris: string;
  keysFrom: "address" | "here";
  jwksUri: string;
  /** JSON. */
  jwks: string;
  requireDpop: boolean;
  /** What was ticked; sent is what is possible (`whyNot`). */
  extraGrants: readonly ExtraGrant[];
  /** Empty: idleness does not matter. */
  idle: SpanDraft;
};

/** The form as it opens: what stands, or the usual for the kind of agent. */
export function toClientDraft(kind: AgentDto["kind"], client: OauthClientDto | null): ClientDraft {
  return {
    kind,
    authMethod: client?.authMethod ?? (kind === "machine" ? "client_secret_basic" : "none"),
    redirectUris: client?.redirectUris.join("\n") ?? "",
    keysFrom: client?.jwks ? "here" : "address",
    jwksUri: client?.jwksUri ?? "",
    jwks: client?.jwks ? JSON.stringify(client.jwks, null, 2) : "",
    requireDpop: client?.requireDpop ?? false,
    extraGrants: extraGrantsOf(client),
    idle: client?.idleTimeoutSeconds ? toSpanDraft(client.idleTimeoutSeconds) : { amount: "", unit: "hours" },
  };
}

/** A JWK Set that somebody typed; null where it is none. */
export function readJwks(text: string): SetClientInput["jwks"] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && "keys" in parsed && Array.isArray(parsed.keys)
      ? (parsed as NonNullable<SetClientInput["jwks"]>)
      : null;
  } catch {
    return null;
  }
}

/** Why an agent like this cannot have a way to tokens; null where it can. */
export function whyNot(
  { kind, authMethod }: Pick<ClientDraft, "kind" | "authMethod">,
  grant: ExtraGrant,
): string | null {
  if (grant === "device_code" && kind === "machine") return "A machine acts in its own name: it asks no person.";
  if (PROVED_GRANTS.includes(grant) && authMethod === "none") return "Only for an agent that proves who it is.";
  return null;
}

/** True where it needs no address to go on to: its people answer on another device. */
export const asksByDevice = ({ kind, extraGrants }: ClientDraft): boolean =>
  kind === "interactive" && extraGrants.includes("device_code");

/** What is sent. Keys only where they are how it proves who it is. */
export function toClientInput(draft: ClientDraft): Omit<SetClientInput, "agentId"> {
  const signs = draft.authMethod === "private_key_jwt";
  return {
    authMethod: draft.authMethod,
    redirectUris:
      draft.kind === "interactive"
        ? draft.redirectUris
            .split("\n")
            .map((line) => line.trim())
            .filter(Boolean)
        : [],
    jwks: signs && draft.keysFrom === "here" ? readJwks(draft.jwks) : null,
    jwksUri: signs && draft.keysFrom === "address" ? draft.jwksUri.trim() : null,
    requireDpop: draft.requireDpop,
    extraGrants: draft.extraGrants.filter((grant) => whyNot(draft, grant) === null),
    idleTimeoutSeconds: draft.kind === "interactive" ? fromSpanDraft(draft.idle) : null,
  };
}
