import "server-only";
import { z } from "zod";
import { GatehouseError } from "@/lib/errors";
import type { Tx } from "@/lib/db";
import { findArtifact, putArtifact } from "./artifacts";

/**
 * A request of an agent that waits for its person, as the OAuth engine keeps it: the part that a consent is about. What else is
 * in it is the engine's own, and goes back as it came.
 */
const interactionSchema = z.looseObject({
  exp: z.number(),
  returnTo: z.url(),
  params: z.looseObject({
    client_id: z.string(),
    resource: z.string(),
    redirect_uri: z.string().optional(),
    scope: z.string().default(""),
    authorization_details: z.string().optional(),
    /** The longest time since the person proved who they are, seconds (OpenID Connect Core §3.1.2.1). */
    max_age: z.coerce.number().min(0).optional(),
    prompt: z.string().optional(),
    /** The classes of sign-in that would do, separated by spaces (RFC 9470 §4). */
    acr_values: z.string().optional(),
  }),
  deviceCode: z.string().optional(),
  result: z.unknown().optional(),
});
export type Interaction = z.infer<typeof interactionSchema>;

/** What the person said, in the engine's words. */
export type InteractionResult =
  | {
      login: { accountId: string; ts: number; remember: boolean; acr?: string; amr?: string[] };
      consent: { grantId: string };
    }
  | { error: string; error_description: string };

/**
 * The request of that id, begun in this very browser: otherwise who sends somebody a link would get what they give. Throws
 * `link_not_found` where there is none, it was begun elsewhere, or it is over.
 */
export async function readInteraction(
  tx: Tx,
  { uid, startedHere }: { uid: string; startedHere: string | null },
): Promise<Interaction> {
  if (uid !== startedHere)
    throw new GatehouseError("link_not_found", { refusal: true, internal: "begun in another browser" });
  const payload = await findArtifact("Interaction", uid, tx);
  if (!payload) throw new GatehouseError("link_not_found");
  return interactionSchema.parse(payload);
}

/**
 * `readInteraction`, locked until the transaction ends: of two answers at once the second finds `result`, the first's, and has
 * nothing to add.
 */
export async function lockInteraction(
  tx: Tx,
  input: { uid: string; startedHere: string | null },
): Promise<Interaction> {
  await tx.$executeRaw`SELECT 1 FROM oauth_artifact WHERE kind = 'Interaction' AND uid = ${input.uid} FOR UPDATE`;
  return readInteraction(tx, input);
}

/** Notes what the person said; the engine goes on with it at `returnTo`. */
export async function answerInteraction(
  tx: Tx,
  uid: string,
  interaction: Interaction,
  result: InteractionResult,
): Promise<void> {
  const expiresAt = new Date(interaction.exp * 1000);
  await putArtifact("Interaction", uid, { ...interaction, result }, expiresAt, { uid }, tx);
}

/** The cookie that the engine sets in the browser that began a request, for the page where its person answers. */
export const STARTED_COOKIE = "gatehouse-connect";
