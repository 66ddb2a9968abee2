import "server-only";
import type { Ctx } from "@/lib/ctx";
import { prepareEntry } from "@/lib/audit/entry";
import { rethrow } from "@/lib/db-errors";
import { basicCredentials, type MachineInput } from "@/lib/http/machine";
import type { Turns } from "@/lib/limit/turns";
import { strangerCtx } from "@/lib/validate/authenticate";
import { runtime } from "@/lib/validate/runtime";
import { checkClientSecret, readClient, SECRET_OVERDUE, type ClientRow } from "./client";

/** A client that showed its secret. */
export type RevokingClient = { agentId: string; name: string; clientId: string };

/**
 * The id and secret with which a client shows who it is (RFC 6749 §2.3.1): in the header, or in the form. Null where it does not;
 * `ambiguous` where it does so in both (§2.3). A server's id and key in the header are not meant.
 */
export function presentedClient(
  { headers }: Pick<MachineInput, "headers">,
  form: ReadonlyMap<string, string>,
): { clientId: string; secret: string } | null | "ambiguous" {
  const basic = basicCredentials(headers);
  const byHeader = basic && !/^(?:srv|key)_/.test(basic.user) ? { clientId: basic.user, secret: basic.password } : null;
  const secret = form.get("client_secret");
  if (secret === undefined) return byHeader;
  if (headers.authorization !== undefined) return "ambiguous";
  return { clientId: form.get("client_id") ?? "", secret };
}

/** The client whose id and secret these are, with the method that it registered for; null, with an entry, where they are not. */
export async function authenticateClient(
  input: MachineInput,
  presented: { clientId: string; secret: string },
  inTurn: Turns,
): Promise<RevokingClient | null> {
  const ctx = strangerCtx(input);
  const { client, overdue } = await inTurn(() => check(ctx, input, presented)).catch(rethrow);
  if (client) return { agentId: client.agentId, name: client.agent.name, clientId: client.clientId };
  const entry = prepareEntry(ctx, {
    action: "oauth.refuse",
    outcome: "denied",
    reason: "invalid_client",
    details: {
      endpoint: "revocation",
      why: overdue ? SECRET_OVERDUE : null,
      clientId: presented.clientId.slice(0, 200),
    },
  });
  await runtime().recorder.record([entry], { durable: true });
  return null;
}

async function check(
  ctx: Ctx,
  { headers }: MachineInput,
  { clientId, secret }: { clientId: string; secret: string },
): Promise<{ client: ClientRow | null; overdue: boolean }> {
  const client = clientId.includes("\0") ? null : await readClient(clientId);
  const method = headers.authorization === undefined ? "client_secret_post" : "client_secret_basic";
  if (client?.authMethod !== method || client.agent.status !== "active") return { client: null, overdue: false };
  const verdict = await checkClientSecret(client, secret, ctx.nowSeconds());
  return { client: verdict === "good" ? client : null, overdue: verdict === "overdue" };
}
