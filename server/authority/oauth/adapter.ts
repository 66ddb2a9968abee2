import type { Adapter, AdapterPayload } from "oidc-provider";
import {
  consumeArtifact,
  deleteArtifact,
  deleteArtifactsOfGrant,
  findArtifact,
  findArtifactByUid,
  findArtifactByUserCode,
  putArtifact,
  putArtifactOnce,
  type ArtifactKind,
} from "@/lib/oauth/artifacts";
import { clientByDocument, DocumentError, isDocumentId } from "@/lib/oauth/document";
import { startRefreshing } from "@/lib/oauth/refresh";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { clientOf, currentCtx, grantOf, guardCtx, refreshTokenOf } from "./asking";
import { toClientMetadata } from "./client-metadata";
import { errors } from "./library";

const ARTIFACTS: ReadonlySet<string> = new Set<ArtifactKind>([
  "AuthorizationCode",
  "DeviceCode",
  "Interaction",
  "PushedAuthorizationRequest",
  "ReplayDetection",
  "Session",
]);

/** Where the engine keeps its things: each model in our own tables (`lib/oauth`). */
export function adapterFor(model: string): Adapter {
  if (ARTIFACTS.has(model)) return new ArtifactAdapter(model as ArtifactKind);
  switch (model) {
    case "Client":
      return new ClientAdapter();
    case "Grant":
      return new GrantAdapter();
    case "RefreshToken":
      return new RefreshTokenAdapter();
    default:
      return new NothingAdapter();
  }
}

/** What the engine never reads back: access tokens are kept, with their entries, where they are issued (`models.ts`). */
class NothingAdapter implements Adapter {
  async upsert(_id: string, _payload: AdapterPayload, _expiresIn?: number): Promise<void> {}
  async find(_id: string): Promise<AdapterPayload | undefined> {
    return undefined;
  }
  async findByUserCode(_userCode: string): Promise<AdapterPayload | undefined> {
    return undefined;
  }
  async findByUid(_uid: string): Promise<AdapterPayload | undefined> {
    return undefined;
  }
  async consume(_id: string): Promise<void> {}
  async destroy(_id: string): Promise<void> {}
  async revokeByGrantId(_grantId: string): Promise<void> {}
}

/** The longest that anything is kept whose end the engine does not tell, seconds. */
const MAX_KEPT_SECONDS = 86_400;

/**
 * The engine counts from now until when a proof is to be remembered, and takes one that is dated as far ahead of our clock as behind
 * it: 300 s. The rest is for processes whose clocks differ.
 */
const REMEMBERED_LONGER_SECONDS = 600;

class ArtifactAdapter extends NothingAdapter {
  constructor(readonly kind: ArtifactKind) {
    super();
  }

  override async upsert(id: string, payload: AdapterPayload, expiresIn = MAX_KEPT_SECONDS): Promise<void> {
    const expiresAt = new Date((currentCtx().nowSeconds() + expiresIn) * 1000);
    if (this.kind === "ReplayDetection") {
      const rememberedUntil = new Date(expiresAt.getTime() + REMEMBERED_LONGER_SECONDS * 1000);
      if (!(await putArtifactOnce(this.kind, id, rememberedUntil))) throw new errors.InvalidRequest("used before");
      return;
    }
    await putArtifact(this.kind, id, { ...payload }, expiresAt, {
      uid: payload.uid ?? (this.kind === "Interaction" ? id : undefined),
      userCode: payload.userCode,
      grantId: payload.grantId,
      personId: payload.accountId,
    });
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    return findArtifact(this.kind, id);
  }

  override async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return findArtifactByUid(this.kind, uid);
  }

  override async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return findArtifactByUserCode(userCode);
  }

  /** The engine looks before it consumes, and another request may come between. */
  override async consume(id: string): Promise<void> {
    const ctx = currentCtx();
    if (await consumeArtifact(this.kind, id, new Date(ctx.nowSeconds() * 1000))) return;
    const grantId = (await findArtifact(this.kind, id))?.grantId;
    if (typeof grantId === "string")
      await revokeGrant(guardCtx(), {
        id: grantId,
        reason: "An authorization code was used a second time.",
        urgent: true,
      });
    throw new errors.InvalidGrant("used before");
  }

  override async destroy(id: string): Promise<void> {
    await deleteArtifact(this.kind, id);
  }

  override async revokeByGrantId(grantId: string): Promise<void> {
    // A code that was used stays until it expires: who brings it a second time is to be known as such.
    if (this.kind === "DeviceCode") await deleteArtifactsOfGrant(this.kind, grantId);
  }
}

class ClientAdapter extends NothingAdapter {
  override async find(clientId: string): Promise<AdapterPayload | undefined> {
    try {
      const row = isDocumentId(clientId) ? await clientByDocument(currentCtx(), clientId) : await clientOf(clientId);
      return row?.agent.status === "active" ? toClientMetadata(row) : undefined;
    } catch (error) {
      if (error instanceof DocumentError) throw new errors.InvalidClient(error.message, { cause: error });
      throw error;
    }
  }
}

class GrantAdapter extends NothingAdapter {
  override async find(id: string): Promise<AdapterPayload | undefined> {
    const grant = await grantOf(id);
    if (!grant || grant.revoked) return undefined;
    return {
      kind: "Grant",
      jti: grant.id,
      iat: Math.floor(grant.createdAtSeconds),
      exp: Math.floor(grant.expiresAtSeconds),
      accountId: grant.personId,
      clientId: grant.clientId ?? undefined,
      openid: { scope: "openid offline_access" },
      resources: { [grant.resource]: grant.scopes.join(" ") },
    } as AdapterPayload;
  }

  override async destroy(id: string): Promise<void> {
    await revokeGrant(guardCtx(), { id, reason: "A code or token of it was used a second time.", urgent: true });
  }
}

/** What the engine adds to a refresh token and we only hand back. */
const ENGINE_FACTS = ["acr", "amr", "authTime", "sessionUid", "gty"] as const;

class RefreshTokenAdapter extends NothingAdapter {
  override async upsert(value: string, payload: AdapterPayload): Promise<void> {
    await startRefreshing(currentCtx(), value, {
      grantId: payload.grantId ?? "",
      scope: payload.scope ?? "",
      jkt: payload.jkt ?? null,
      facts: Object.fromEntries(
        ENGINE_FACTS.map((name) => [name, payload[name]]).filter(([, fact]) => fact !== undefined),
      ),
    });
  }

  override async find(value: string): Promise<AdapterPayload | undefined> {
    const found = await refreshTokenOf(value);
    if (!found) return undefined;
    const { grant } = found;
    return {
      kind: "RefreshToken",
      jti: value,
      iat: Math.floor(found.createdAtSeconds),
      exp: Math.floor(found.expiresAtSeconds),
      accountId: grant.personId,
      clientId: grant.clientId ?? "",
      grantId: grant.id,
      resource: grant.resource,
      scope: found.scope,
      jkt: found.jkt ?? undefined,
      ...found.facts,
    } as AdapterPayload;
  }
}
