import type { Company } from "./company";
import { connect, makeClient } from "./client";
import type { Reach } from "./listener";

/** What the company's server is told of a token. */
export async function askValidate(
  reach: Reach,
  { key }: Pick<Company, "key">,
  question: { token: string; [field: string]: unknown },
): Promise<Record<string, unknown>> {
  const answer = await reach("/api/v1/validate", {
    method: "POST",
    headers: { authorization: `Bearer ${key.secret}`, "content-type": "application/json" },
    body: JSON.stringify(question),
  });
  return (await answer.json()) as Record<string, unknown>;
}

/** Tokens that the company's person let a client have, with these scopes; of a new public client where none is named. */
export async function makeConnection(
  issuer: string,
  { browser, server }: Pick<Company, "browser" | "server">,
  client?: Awaited<ReturnType<typeof makeClient>>,
  scopes: string[] = ["tickets:read", "tickets:write"],
) {
  const used = client ?? (await makeClient());
  const { body } = await connect(browser, issuer, used, { resource: server.resource, scope: scopes.join(" ") }, scopes);
  if (!body.access_token || !body.refresh_token) throw new Error(JSON.stringify(body));
  return { client: used, accessToken: body.access_token, refreshToken: body.refresh_token };
}

/** HTTP Basic with a client's id and secret. */
export const basicOf = (client: { clientId: string; secret: string | null }) => ({
  authorization: `Basic ${Buffer.from(`${client.clientId}:${client.secret ?? ""}`).toString("base64")}`,
});
