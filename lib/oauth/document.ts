import "server-only";
import type { Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import { log } from "@/lib/log";
import { takeTurns } from "@/lib/limit/turns";
import type { Network, OutgoingBounds } from "@/lib/outgoing/client";
import { OutgoingFailure, type OutgoingReason } from "@/lib/outgoing/failure";
import { ASKS_JSON, fetchOnce } from "@/lib/outgoing/fetch-once";
import { documentHash, readClient, type ClientRow } from "./client";
import { clientMetadataSchema, settleMetadata } from "./client-metadata";
import { keepDocument } from "./self-registration";

/** As long as a document counts, seconds, whatever its headers say: not asked for each request, and not kept for ever. */
const FRESH_SECONDS = { least: 300, most: 86_400 } as const;
const BOUNDS: OutgoingBounds = { totalMs: 5_000, requestMs: 3_000, maxBytes: 64 * 1024 };
const MAX_ID_CHARS = 500;

/** Anybody may name any address: fetches are few at once, and those that wait are bounded. */
const fetchTurn = takeTurns({ atOnce: 4, waiting: 50 });

/** What could not be used is asked for no sooner again, seconds: else everybody would wait for a host that is down. */
const FAILED_SECONDS = 30;
const MAX_FAILED = 1000;
const failed = new Map<string, { error: DocumentError; untilSeconds: number }>();
/** By address: who asks for one that is being read waits for that. */
const reading = new Map<string, Promise<void>>();

/** A document that cannot be used; the sentence is for the client's developer. */
export class DocumentError extends Error {}

/** True where a client id is the address of a metadata document (draft-ietf-oauth-client-id-metadata-document §3). */
export function isDocumentId(clientId: string): boolean {
  if (clientId.length > MAX_ID_CHARS || !clientId.startsWith("https://") || !URL.canParse(clientId)) return false;
  const url = new URL(clientId);
  const plain = !url.username && !url.password && !clientId.includes("#") && url.pathname !== "/";
  // What the address says must be what is asked for: no dots that resolve away, no other spelling.
  return plain && url.href === clientId && !/(^|\/)\.{1,2}(\/|$)/.test(url.pathname);
}

/**
 * The client whose metadata document stands at that address: as it was kept, while that is fresh, else read anew. Where it
 * cannot be read just now, what was kept counts on, and it is asked for again only after half a minute. Null where the policy
 * knows no such clients. Throws `DocumentError`.
 *
 * Anybody may name any address: only a host that an admin has listed may be inside our own network.
 */
export async function clientByDocument(
  ctx: Ctx,
  clientId: string,
  network: Omit<Network, "reach"> = {},
): Promise<ClientRow | null> {
  const policy = await db().instance.findUniqueOrThrow({
    where: { id: 1 },
    select: { documents: true, documentHosts: true },
  });
  const listed = policy.documentHosts.includes(new URL(clientId).hostname);
  if (policy.documents !== "open" && !(policy.documents === "listed" && listed)) return null;
  const known = await readClient(clientId);
  if (known?.documentFreshUntil && known.documentFreshUntil.getTime() > ctx.nowSeconds() * 1000) return known;
  const place = { ...network, reach: listed ? "own" : "public" } as const;
  try {
    await readOnce(ctx, clientId, place);
  } catch (error) {
    if (!known)
      throw error instanceof DocumentError
        ? error
        : new DocumentError("The metadata document could not be read.", { cause: error });
    log.warn({ err: error, clientId }, "A client's metadata document could not be read; what was kept of it counts on");
  }
  return readClient(clientId);
}

/** Reads and keeps a document; of any number at once, and for a while after it failed, only once. */
function readOnce(ctx: Ctx, clientId: string, place: Network): Promise<void> {
  const key = `${place.reach} ${clientId}`;
  const before = failed.get(key);
  if (before && ctx.nowSeconds() < before.untilSeconds) return Promise.reject(before.error);
  const underWay = reading.get(key);
  if (underWay) return underWay;
  const read = readAndKeep(ctx, clientId, place).then(
    () => void failed.delete(key),
    (error: unknown) => {
      // What is our own fault passes by itself.
      if (error instanceof DocumentError) remember(key, { error, untilSeconds: ctx.nowSeconds() + FAILED_SECONDS });
      throw error;
    },
  );
  reading.set(key, read);
  const end = () => void reading.delete(key);
  read.then(end, end);
  return read;
}

function remember(key: string, failure: { error: DocumentError; untilSeconds: number }): void {
  failed.delete(key);
  failed.set(key, failure);
  const [oldest] = failed.keys();
  if (failed.size > MAX_FAILED && oldest !== undefined) failed.delete(oldest);
}

async function readAndKeep(ctx: Ctx, clientId: string, place: Network): Promise<void> {
  const { text, freshSeconds } = await fetchTurn(() => fetchDocument(clientId, place));
  const metadata = parseDocument(clientId, text);
  const freshUntil = new Date((ctx.nowSeconds() + freshSeconds) * 1000);
  await keepDocument(ctx, { clientId, metadata, hash: documentHash(text), freshUntil });
}

function parseDocument(clientId: string, text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DocumentError("The metadata document is not JSON.");
  }
  const parsed = clientMetadataSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DocumentError(
      `The metadata document is not usable: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
    );
  }
  const named = value as { client_id?: unknown; client_secret?: unknown };
  if (named.client_id !== clientId)
    throw new DocumentError("The metadata document's client_id is not the address that it stands at.");
  if (named.client_secret !== undefined)
    throw new DocumentError("A metadata document must not hold a client_secret: anybody can read it.");
  const settled = settleMetadata(parsed.data, ["none", "private_key_jwt"]);
  if (typeof settled === "string") throw new DocumentError(settled);
  return settled;
}

/** Where these words told which, a stranger could find out what names and addresses there are inside our network. */
const UNTOLD: ReadonlySet<OutgoingReason> = new Set(["refused_address", "unresolved"]);

async function fetchDocument(clientId: string, network: Network): Promise<{ text: string; freshSeconds: number }> {
  try {
    return await fetchOnce(clientId, { init: ASKS_JSON, bounds: BOUNDS, network }, async (answer) => {
      if (answer.status !== 200) throw new DocumentError(`The metadata document's address answered ${answer.status}.`);
      return { text: await answer.text(), freshSeconds: freshSeconds(answer.headers.get("cache-control")) };
    });
  } catch (cause) {
    if (cause instanceof DocumentError) throw cause;
    const told = cause instanceof OutgoingFailure && !UNTOLD.has(cause.reason);
    throw new DocumentError(told ? cause.message : "The metadata document could not be read.", { cause });
  }
}

function freshSeconds(cacheControl: string | null): number {
  if (/\bno-(?:store|cache)\b/i.test(cacheControl ?? "")) return FRESH_SECONDS.least;
  const maxAge = Number(/\bmax-age\s*=\s*(\d+)/i.exec(cacheControl ?? "")?.[1] ?? FRESH_SECONDS.least);
  return Math.min(Math.max(maxAge, FRESH_SECONDS.least), FRESH_SECONDS.most);
}
