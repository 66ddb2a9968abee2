import "server-only";
import { personalText } from "../personal/draft";
import { actorRef, nowDate } from "@/lib/ctx";
import { newId } from "@/lib/id";
import { defineVerb } from "@/lib/verb";
import { readSink } from "./dto";
import { sinkTarget } from "./lock";
import { makeWebhookSecret } from "./receivers/webhook";
import type { CreatedSinkDto, CreateSinkInput } from "./schema";
import { sealSinkSecret } from "./secret";
import { requireUsable } from "./usable";
import { requireAskable } from "./wanted";

/**
 * Ships the log to a place from now on, or from its start. A webhook's secret is made where none is given, and told this once.
 * Errors: `name_taken`, `validation_failed` (fields `query`, `secret`, `settings.…`).
 */
export const createSink = defineVerb(
  { action: "sink.create", permission: "sink.write", recentAuthentication: true },
  async ({ ctx, tx, record }, input: CreateSinkInput): Promise<CreatedSinkDto> => {
    const { name, kind, format, query, settings, from } = input;
    const made = kind === "webhook" && input.secret === undefined ? makeWebhookSecret() : null;
    const secret = made ?? input.secret ?? null;
    requireUsable(input, secret);
    await requireAskable(tx, query, ctx.nowSeconds());
    const { next } = await tx.auditHead.findUniqueOrThrow({ where: { id: 1 } });
    const id = newId("sink");
    const cursor = from === "start" ? 0n : next;
    await tx.auditSink.create({
      data: {
        ...{ id, name, kind, format, query, settings, cursor },
        sealedSecret: secret === null ? null : sealSinkSecret(id, secret),
        createdAt: nowDate(ctx),
        createdBy: actorRef(ctx.actor),
      },
    });
    record({
      action: "sink.create",
      outcome: "success",
      target: sinkTarget({ id, name }),
      details: { kind, format, query: query && personalText(query), settings, fromIndex: Number(cursor) },
    });
    return { ...(await readSink(tx, id)), secret: made };
  },
);
