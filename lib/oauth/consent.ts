import "server-only";
import { ownPersonId, refusal } from "@/lib/authz/require";
import { actorRef, nowDate, type Ctx } from "@/lib/ctx";
import { queryAlone, type Query, type Tx } from "@/lib/db";
import { fieldError, GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { classOf, knownClasses, meets } from "@/lib/second-factor/classes";
import { defineRead, defineVerb } from "@/lib/verb";
import { readClient, type ClientRow } from "./client";
import { declaredTools } from "./declared-tools";
import { readDevice } from "./device";
import { heldScopes } from "./held";
import { answerInteraction, lockInteraction, readInteraction, type Interaction } from "./interaction";
import { lockPregrantedScopes, pregrantedScopes } from "./pregranted";
import { documentHost, isLocalRedirect, redirectName } from "./redirect";
import { defaultScopes, findResource, type ResourceServerRow } from "./resource";
import type { AskApprovalInput } from "./approval-schema";
import { readApprovals } from "./approval-stand";
import { isGiven } from "./schema";
import type {
  ApprovalStand,
  AskedScope,
  ConsentAnswered,
  ConsentRequest,
  GiveConsentInput,
  ReadConsentInput,
  RefuseConsentInput,
} from "./schema";

/** What counts as just now, where a client asks for a new sign-in, seconds: long enough to read the page. */
const FRESH_SECONDS = 300;
/** Nobody reads and answers the page faster. */
const LEAST_SECONDS = 60;

/** Who asks whom for what, read anew each time: what was true when the request came may have changed since. */
type Asked = {
  client: ClientRow;
  clientApproval: ApprovalStand;
  server: ResourceServerRow;
  scopes: readonly (AskedScope & { id: string })[];
  tools: readonly string[] | null;
};

async function readAsked(
  { ctx, tx, query: run }: { ctx: Ctx; tx: Tx; query: Query },
  { params }: Interaction,
): Promise<Asked> {
  const personId = ownPersonId(ctx);
  if (personId === null) throw refusal(ctx, "grant.give.own");
  const [client, server] = await Promise.all([readClient(params.client_id, run), findResource(params.resource, run)]);
  if (!client || client.agent.status !== "active") throw new GatehouseError("agent_not_found");
  if (!server) throw new GatehouseError("server_not_found");
  const tools = declaredTools(params.authorization_details);
  if (tools === "invalid") throw new GatehouseError("invalid_request");
  const named = params.scope.split(" ").filter(Boolean);
  const wanted = new Set(
    named.some((name) => server.scopes.some((scope) => scope.name === name)) ? named : defaultScopes(server),
  );
  const [held, stand, pregranted, needing] = await Promise.all([
    heldScopes(tx, { personId }, server),
    readApprovals(tx, { agentId: client.agentId, personId, serverId: server.id, now: nowDate(ctx) }),
    pregrantedScopes(client.agentId, server.id, run),
    tx.tool.findMany({
      where: { serverId: server.id, ...(tools ? { name: { in: [...tools] } } : {}) },
      select: { name: true, scopes: { select: { scopeId: true } } },
      orderBy: { name: "asc" },
    }),
  ]);
  const scopes = server.scopes
    .filter(({ name }) => wanted.has(name))
    .map((scope) => ({
      ...scope,
      held: held.some(({ id }) => id === scope.id),
      approval: stand.ofScope(scope),
      pregranted: pregranted.includes(scope.name),
      tools: needing.filter((tool) => tool.scopes.some(({ scopeId }) => scopeId === scope.id)).map(({ name }) => name),
    }));
  // One that has gone since the request came is not spoken of any more.
  const known = tools && needing.map(({ name }) => name);
  return { client, clientApproval: stand.ofClient(client), server, scopes, tools: known };
}

/** What an agent asks of the person who is signed in. Errors: `link_not_found`, `agent_not_found`, `server_not_found`. */
export const readConsent = defineRead(
  { action: "grant.read", permission: "grant.give.own" },
  async ({ ctx, db }, input: ReadConsentInput): Promise<ConsentRequest> => {
    const interaction = await readInteraction(db, input);
    const { client, clientApproval, server, scopes, tools } = await readAsked(
      { ctx, tx: db, query: queryAlone },
      interaction,
    );
    const keepsAccess = client.grantTypes.includes("refresh_token");
    const [owner, lasts] = await Promise.all([
      client.agent.ownerId === null
        ? null
        : db.person.findUnique({ where: { id: client.agent.ownerId }, select: { name: true } }),
      readLifetime(db, { client, accessTokenSeconds: server.accessTokenSeconds, keepsAccess }),
    ]);
    const redirectUri = interaction.params.redirect_uri;
    const { deviceCode } = interaction;
    const local = redirectUri !== undefined && isLocalRedirect(redirectUri);
    return {
      uid: input.uid,
      client: {
        agentId: client.agentId,
        name: client.agent.name,
        origin: client.agent.origin,
        host: documentHost(client.clientId),
        uri: client.clientUri,
        ownerName: owner?.name ?? null,
        approval: clientApproval,
      },
      redirect: { to: redirectUri === undefined ? "" : redirectName(redirectUri), local },
      device: deviceCode === undefined ? null : await readDevice(deviceCode),
      server: { id: server.id, name: server.name, resource: server.resource, description: server.description },
      scopes: scopes.map(({ id: _id, ...scope }) => scope),
      tools,
      // A program on the person's machine cannot prove to be the one that was allowed (RFC 8252 §8.6): it asks each time.
      mayRemember: redirectUri !== undefined && !local,
      keepsAccess,
      lasts,
      needsSecondFactor: !isOfAskedClass(ctx, interaction.params),
    };
  },
);

/**
 * How long what is given now would last: by the policy of now, and by what the admins set for this agent. Without refresh tokens
 * it is over with the one access token.
 */
async function readLifetime(
  tx: Tx,
  of: { client: ClientRow; accessTokenSeconds: number; keepsAccess: boolean },
): Promise<ConsentRequest["lasts"]> {
  const policy = await tx.instance.findUniqueOrThrow({
    where: { id: 1 },
    select: { grantLifetimeSeconds: true, refreshIdleSeconds: true, idleTimeoutSeconds: true },
  });
  const { grantLifetimeSeconds, refreshIdleSeconds } = policy;
  const atMostSeconds = of.keepsAccess ? grantLifetimeSeconds : Math.min(grantLifetimeSeconds, of.accessTokenSeconds);
  const limits = [
    atMostSeconds,
    of.client.idleTimeoutSeconds ?? policy.idleTimeoutSeconds ?? Infinity,
    of.keepsAccess ? refreshIdleSeconds : Infinity,
  ];
  return { atMostSeconds, unusedSeconds: Math.min(...limits) };
}

/** True where the session is of a class that the client asks for; also where it asks for none. */
function isOfAskedClass({ actor }: Ctx, { acr_values: values }: Interaction["params"]): boolean {
  const wanted = knownClasses(values);
  return wanted.length === 0 || (actor.kind === "person" && meets(actor.amr, wanted));
}

/** A client may ask that the person has just proved who they are: `prompt=login`, or `max_age`. */
function requireFreshEnough(
  ctx: Ctx,
  provedAtSeconds: number,
  { max_age: maxAge, prompt }: Interaction["params"],
): void {
  const longest = prompt?.split(" ").includes("login") ? FRESH_SECONDS : maxAge;
  if (longest === undefined || ctx.nowSeconds() - provedAtSeconds <= Math.max(longest, LEAST_SECONDS)) return;
  throw new GatehouseError("reauthentication_required", { detail: "The app asks that you confirm who you are." });
}

/**
 * The person lets the agent act for them, with the scopes they left ticked: of those that were asked for, and that their
 * roles give. Errors: `link_not_found`, `agent_not_found`, `server_not_found`, `role_not_held` (field `scopes`), `approval_required`,
 * `reauthentication_required` and `second_factor_required` where the client asks for that.
 */
export const giveConsent = defineVerb(
  { action: "grant.give", permission: "grant.give.own" },
  async (scope, input: GiveConsentInput): Promise<ConsentAnswered> => {
    const { ctx, tx, record } = scope;
    const interaction = await lockInteraction(tx, input);
    if (interaction.result) return { location: interaction.returnTo };
    const { client, clientApproval, server, scopes, tools } = await readAsked(scope, interaction);
    const names = [...new Set(input.scopes)];
    const given = names.map((name) => scopes.find((scope) => scope.name === name));
    const missing = names.filter((_name, nth) => !given[nth]?.held);
    if (missing.length > 0)
      throw fieldError("role_not_held", "scopes", `Your roles on ${server.name} do not give ${missing.join(", ")}.`);
    const unapproved = given.filter((scope) => scope && !isGiven(scope.approval)).map((scope) => scope?.name);
    if (!isGiven(clientApproval) || unapproved.length > 0)
      throw new GatehouseError("approval_required", {
        detail: isGiven(clientApproval)
          ? `An admin must agree to ${unapproved.join(", ")} first.`
          : "An admin must let this app in first.",
        refusal: true,
        internal: `not approved: ${isGiven(clientApproval) ? unapproved.join(" ") : "the client"}`,
      });
    const { actor } = ctx;
    if (actor.kind !== "person") throw refusal(ctx, "grant.give.own");
    if (!isOfAskedClass(ctx, interaction.params))
      throw new GatehouseError("second_factor_required", { detail: "The app asks for a second factor." });
    requireFreshEnough(ctx, actor.reauthenticatedAtSeconds, interaction.params);
    const policy = await tx.instance.findUniqueOrThrow({ where: { id: 1 }, select: { grantLifetimeSeconds: true } });
    const now = nowDate(ctx);
    const id = newId("grant");
    const pregranted = await lockPregrantedScopes(client.agentId, server.id, scope.query);
    const added = names.filter((name) => pregranted.includes(name));
    const redirectUri = interaction.params.redirect_uri;
    const remembered = input.remember && redirectUri !== undefined && !isLocalRedirect(redirectUri);
    await tx.oauthGrant.create({
      data: {
        id,
        personId: actor.personId,
        agentId: client.agentId,
        serverId: server.id,
        declared: tools !== null,
        tools: [...(tools ?? [])],
        remembered,
        rememberedFor: remembered ? redirectName(redirectUri) : null,
        sessionId: actor.sessionId,
        ip: ctx.source.ip,
        userAgent: ctx.source.userAgent,
        createdAt: now,
        expiresAt: new Date(now.getTime() + policy.grantLifetimeSeconds * 1000),
        scopes: {
          create: given.flatMap((scope) =>
            scope ? [{ scopeId: scope.id, pregranted: added.includes(scope.name) }] : [],
          ),
        },
      },
    });
    await answerInteraction(tx, input.uid, interaction, {
      login: {
        accountId: actor.personId,
        ts: Math.floor(actor.reauthenticatedAtSeconds),
        remember: false,
        acr: classOf(actor.amr) ?? undefined,
        amr: actor.amr.length > 0 ? [...actor.amr] : undefined,
      },
      consent: { grantId: id },
    });
    record({
      action: "grant.give",
      outcome: "success",
      target: { kind: "grant", id, name: client.agent.name },
      person: { id: actor.personId, name: actor.name },
      agent: { id: client.agentId, name: client.agent.name },
      server: { id: server.id, name: server.name },
      requiredScopes: names,
      details: {
        clientId: client.clientId,
        redirectUri: interaction.params.redirect_uri ?? null,
        asked: scopes.map(({ name }) => name),
        remembered,
        ...(added.length > 0 ? { added } : {}),
        ...(tools ? { tools } : {}),
      },
    });
    return { location: interaction.returnTo };
  },
);

/**
 * Asks the admins for what the request needs and nobody has agreed to yet. Errors: as `readConsent`; `approval_pending` where it
 * was asked already, `validation_failed` where nothing needs to be.
 */
export const askApproval = defineVerb(
  { action: "approval.ask", permission: "grant.give.own" },
  async (scope, input: AskApprovalInput): Promise<{ id: string }> => {
    const { ctx, tx, record } = scope;
    const { client, clientApproval, server, scopes } = await readAsked(scope, await readInteraction(tx, input));
    const { actor } = ctx;
    if (actor.kind !== "person") throw refusal(ctx, "grant.give.own");
    const wanted = scopes.filter(({ held, approval }) => held && !isGiven(approval)).map(({ name }) => name);
    const aboutClient = !isGiven(clientApproval);
    if (wanted.length === 0 && !aboutClient)
      throw new GatehouseError("validation_failed", { detail: "Nobody has to agree to this request." });
    const id = newId("approval");
    await tx.approval.create({
      data: {
        id,
        agentId: client.agentId,
        personId: actor.personId,
        serverId: server.id,
        scopes: wanted,
        client: aboutClient,
        reason: input.reason,
        createdAt: nowDate(ctx),
      },
    });
    record({
      action: "approval.ask",
      outcome: "success",
      reason: input.reason,
      target: { kind: "approval", id, name: client.agent.name },
      person: { id: actor.personId, name: actor.name },
      agent: { id: client.agentId, name: client.agent.name },
      server: { id: server.id, name: server.name },
      requiredScopes: wanted,
      details: { client: aboutClient },
    });
    return { id };
  },
);

/**
 * The person refuses: all of it, or only to give the second factor that the agent asks for, of which it is told so (RFC 9470 §5).
 * Nothing is remembered. Errors: as `readConsent`.
 */
export const refuseConsent = defineVerb(
  { action: "grant.refuse", permission: "grant.give.own" },
  async (scope, input: RefuseConsentInput): Promise<ConsentAnswered> => {
    const { ctx, tx, record } = scope;
    const interaction = await lockInteraction(tx, input);
    if (interaction.result) return { location: interaction.returnTo };
    const { client, server } = await readAsked(scope, interaction);
    const unmet = !isOfAskedClass(ctx, interaction.params);
    await answerInteraction(
      tx,
      input.uid,
      interaction,
      unmet
        ? {
            error: "unmet_authentication_requirements",
            error_description: "The person did not give the second factor that was asked for.",
          }
        : { error: "access_denied", error_description: "The person refused." },
    );
    record({
      action: "grant.refuse",
      outcome: "success",
      reason: unmet ? "second_factor_not_given" : null,
      target: { kind: "agent", id: client.agentId, name: client.agent.name },
      person: ctx.actor.kind === "person" ? { id: ctx.actor.personId, name: ctx.actor.name } : null,
      agent: { id: client.agentId, name: client.agent.name },
      server: { id: server.id, name: server.name },
      details: { by: actorRef(ctx.actor), clientId: client.clientId },
    });
    return { location: interaction.returnTo };
  },
);
