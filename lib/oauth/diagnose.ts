import "server-only";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { OutgoingClient, type OutgoingBounds } from "@/lib/outgoing/client";
import type { Tx } from "@/lib/db";
import { defineRead } from "@/lib/verb";
import { normaliseResource } from "@/lib/validate/decide";
import type { DiagnoseInput, Diagnosis, Finding } from "./diagnose-schema";

const BOUNDS: OutgoingBounds = { totalMs: 20_000, requestMs: 5_000, maxBytes: 1_000_000 };
const MAX_SHOWN = 200;

type Json = Record<string, unknown>;
type Fetched = { status: number; headers: Headers; json: Json | null };

/** A walk that looks at one thing after the other, and ends at the first where no client goes on. */
class Walk {
  readonly findings: Finding[] = [];

  constructor(readonly client: OutgoingClient) {}

  ok(title: string, detail: string): void {
    this.findings.push({ outcome: "ok", title, detail });
  }
  warn(title: string, detail: string): void {
    this.findings.push({ outcome: "warning", title, detail });
  }
  /** Always null: there is nothing to go on with. */
  fault(title: string, detail: string): null {
    this.findings.push({ outcome: "fault", title, detail });
    return null;
  }

  /** One request; null where there is no answer at all. Nothing that the other side sent is told but by `shown`. */
  async get(url: string | URL, init?: RequestInit): Promise<Fetched | null> {
    try {
      const answer = await this.client.fetch(url, init);
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, json: parse(text) };
    } catch (error) {
      const failure = this.client.failure;
      if (failure?.reason === "refused_address")
        throw new GatehouseError("import_target_refused", {
          detail: failure.message,
          refusal: true,
          internal: failure.message,
        });
      if (!failure) throw error;
      return null;
    }
  }
}

function parse(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** A text of the other side's, short and without what would mislead a reader. */
const shown = (value: unknown): string =>
  typeof value === "string" ? value.replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_SHOWN) : `(${typeof value})`;
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/**
 * Walks the way that an MCP client finds to its authorization server (MCP 2026-07-28, authorization; RFC 9728, RFC 8414), and
 * says what it meets. Errors: `import_target_refused` for an address that may not be called, which is recorded.
 */
export const diagnose = defineRead(
  { action: "server.diagnose", permission: "server.write" },
  async ({ db }, { url }: DiagnoseInput): Promise<Diagnosis> => {
    const client = new OutgoingClient(BOUNDS);
    const walk = new Walk(client);
    try {
      const metadataUrl = await askWithoutToken(walk, url);
      const resource = metadataUrl === null ? null : await readResource(walk, url, metadataUrl);
      const issuer = resource && readResourceFields(walk, url, resource);
      const ours = issuer !== null && issuer === env().GATEHOUSE_URL;
      if (issuer) await readIssuer(walk, issuer, ours);
      if (ours) await compareRegistration(walk, db, url, resource);
    } finally {
      await client.close();
    }
    return { url, findings: walk.findings };
  },
);

/** The first request of any client. What comes back is where to look next; undefined: at the usual places. */
async function askWithoutToken(walk: Walk, url: string): Promise<string | undefined | null> {
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "gatehouse-diagnosis", version: "1" },
    },
  });
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const answer = await walk.get(url, { method: "POST", headers, body });
  if (!answer) return walk.fault("The server does not answer", walk.client.failure?.message ?? "No answer came.");
  if (answer.status >= 200 && answer.status < 300)
    return walk.fault(
      "The server lets anybody in",
      "It answered a request without a token. Ask Gatehouse before each call, and answer 401 where there is no token.",
    );
  if (answer.status !== 401)
    return walk.fault(
      "A request without a token is not answered with 401",
      `It was answered with ${answer.status}: no client looks for a way to sign in then.`,
    );
  const challenge = answer.headers.get("www-authenticate");
  if (!challenge) {
    walk.warn(
      "401, but without WWW-Authenticate",
      'Clients then guess where the server\'s metadata is. Add: Bearer resource_metadata="…".',
    );
    return undefined;
  }
  const exposed = (answer.headers.get("access-control-expose-headers") ?? "").toLowerCase();
  const named = /\bresource_metadata="?([^",\s]+)"?/i.exec(challenge)?.[1];
  if (!/^(bearer|dpop)\b/i.test(challenge))
    walk.warn("The challenge is for neither Bearer nor DPoP", `It begins with ${shown(challenge.split(" ")[0])}.`);
  if (!named)
    walk.warn("The challenge names no metadata", 'Add resource_metadata="…" to WWW-Authenticate: else clients guess.');
  else walk.ok("The server asks for a token and says where to read on", shown(named));
  if (answer.headers.get("access-control-allow-origin") && !exposed.includes("www-authenticate"))
    walk.warn("Browsers cannot read the challenge", "Add WWW-Authenticate to Access-Control-Expose-Headers.");
  return named;
}

/** Where the metadata may stand: where the challenge says, else below the well-known path, with the server's own and without. */
function metadataPlaces(url: string, named: string | undefined): string[] {
  const { origin, pathname } = new URL(url);
  const well = `${origin}/.well-known/oauth-protected-resource`;
  if (named !== undefined) return URL.canParse(named, url) ? [new URL(named, url).href] : [];
  return pathname === "/" ? [well] : [`${well}${pathname.replace(/\/$/, "")}`, well];
}

async function readResource(walk: Walk, url: string, named: string | undefined): Promise<Json | null> {
  for (const place of metadataPlaces(url, named)) {
    const answer = await walk.get(place, { headers: { accept: "application/json" } });
    if (!answer)
      return walk.fault("The server's metadata cannot be read", walk.client.failure?.message ?? shown(place));
    if (answer.status !== 200 || !answer.json) continue;
    walk.ok("The server's metadata was found", shown(place));
    if (!answer.headers.get("access-control-allow-origin"))
      walk.warn("Clients in a browser cannot read it", "Add Access-Control-Allow-Origin: * to the metadata.");
    return answer.json;
  }
  return walk.fault(
    "There is no metadata of the server",
    `Serve it (RFC 9728) at ${metadataPlaces(url, named).map(shown).join(" or ")}.`,
  );
}

/** What the metadata says; the issuer that clients go on to. */
function readResourceFields(walk: Walk, url: string, metadata: Json): string | null {
  const { resource } = metadata;
  if (typeof resource !== "string")
    return walk.fault("The metadata names no resource", "Clients refuse metadata without it.");
  if (normaliseResource(resource) !== normaliseResource(url))
    return walk.fault(
      "The metadata is about another address",
      `It says ${shown(resource)}; clients compare it with the address they were given.`,
    );
  if (resource !== url)
    walk.warn(
      "The resource is spelled otherwise",
      `${shown(resource)}, where clients were given ${shown(url)}: some compare letter by letter.`,
    );
  else walk.ok("It is about this very address", shown(resource));
  if (texts(metadata.scopes_supported).includes("offline_access"))
    walk.warn(
      "offline_access is listed as a scope",
      "It is not the server's to ask for: leave it out of scopes_supported.",
    );
  const [issuer, ...others] = texts(metadata.authorization_servers);
  if (!issuer)
    return walk.fault("No authorization server is named", `Put ${env().GATEHOUSE_URL} into authorization_servers.`);
  if (others.length > 0) walk.warn("Several authorization servers are named", "Most clients take the first.");
  if (issuer === env().GATEHOUSE_URL) walk.ok("It leads to this Gatehouse", issuer);
  else walk.warn("It leads to another authorization server", `${shown(issuer)}, not ${env().GATEHOUSE_URL}.`);
  return issuer;
}

async function readIssuer(walk: Walk, issuer: string, ours: boolean): Promise<void> {
  if (!URL.canParse(issuer)) return void walk.fault("The authorization server is no address", shown(issuer));
  const { origin, pathname } = new URL(issuer);
  const path = pathname === "/" ? "" : pathname.replace(/\/$/, "");
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    ...(path ? [`${origin}${path}/.well-known/openid-configuration`] : []),
  ];
  for (const place of places) {
    const answer = await walk.get(place, { headers: { accept: "application/json" } });
    if (!answer) return void walk.fault("The authorization server does not answer", walk.client.failure?.message ?? "");
    if (answer.status !== 200 || !answer.json) continue;
    return judgeIssuer(walk, issuer, answer.json, ours);
  }
  walk.fault("The authorization server has no metadata", `None at ${places.map(shown).join(", ")}.`);
}

function judgeIssuer(walk: Walk, issuer: string, metadata: Json, ours: boolean): void {
  if (metadata.issuer !== issuer)
    return void walk.fault(
      "The authorization server calls itself otherwise",
      `${shown(metadata.issuer)}, not ${shown(issuer)}: clients refuse that.`,
    );
  if (!texts(metadata.code_challenge_methods_supported).includes("S256"))
    return void walk.fault("PKCE with S256 is not announced", "Clients refuse to go on without it.");
  walk.ok("The authorization server is what it says, and takes PKCE", shown(issuer));
  if (metadata.client_id_metadata_document_supported === true || typeof metadata.registration_endpoint === "string")
    walk.ok(
      "A client that nobody knows can introduce itself",
      ours ? "As far as this Gatehouse's policy lets it." : "By document or registration.",
    );
  else walk.warn("Only registered clients get in", "Neither metadata documents nor registration are announced.");
}

/** What the server says of itself beside what is registered here. */
async function compareRegistration(walk: Walk, db: Tx, url: string, metadata: Json | null): Promise<void> {
  const servers = await db.mcpServer.findMany({
    where: { builtin: false },
    select: { name: true, resource: true, status: true, scopes: { select: { name: true } } },
  });
  const server = servers.find(({ resource }) => normaliseResource(resource) === normaliseResource(url));
  if (!server)
    return void walk.fault(
      "The server is not registered here",
      `No server has the resource ${shown(url)}: tokens for it are refused as invalid_target.`,
    );
  if (server.status !== "active")
    return void walk.fault("The server is disabled here", `${server.name} gets no tokens until it is enabled again.`);
  const unknown = texts(metadata?.scopes_supported).filter(
    (scope) => !server.scopes.some(({ name }) => name === scope),
  );
  if (unknown.length > 0)
    walk.warn(
      "It names scopes that are not registered here",
      `${unknown.slice(0, 10).map(shown).join(", ")}: nobody can be given them.`,
    );
  walk.ok("It is registered here", server.name);
}
