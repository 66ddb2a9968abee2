import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { fieldError, GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { readSink } from "./dto";
import { lockSink, SINK_WRITE, sinkTarget, type LockedSink } from "./lock";
import type { SinkDto, UpdateSinkInput } from "./schema";
import { openSinkSecret, sealSinkSecret } from "./secret";
import { placeOf, SETTINGS, secretUse, type SinkSettings } from "./settings";
import { requireUsable } from "./usable";
import { requireAskable } from "./wanted";

/**
 * Changes a sink; what is left out stays, and its kind always does. What failed is tried again at once. A secret that was given for one place is not sent to
 * another: who changes the place gives it again. A new query counts for all that was not acknowledged by then. Errors:
 * `sink_not_found`, `name_taken`, `validation_failed` (fields `query`, `secret`, `settings.…`).
 */
export const updateSink = defineVerb(
  { action: "sink.update", ...SINK_WRITE },
  async ({ ctx, tx, record }, input: UpdateSinkInput): Promise<SinkDto> => {
    const before = await lockSink(tx, input.sinkId);
    const wanted = input.settings === undefined ? settingsAlone(before) : parsed(before.kind, input.settings);
    const secret = secretFor(before, wanted, input.secret);
    requireUsable(wanted, secret);
    const { name, format, query } = input;
    const asksAnew = query !== undefined && query !== before.query;
    if (asksAnew) await requireAskable(tx, query, ctx.nowSeconds());
    const changes = changesBetween(
      { name: before.name, format: before.format, query: before.query, settings: before.settings as object },
      { name, format, query, settings: wanted.settings as object },
    );
    const secretChanged = input.secret !== undefined;
    if (changes.length === 0 && !secretChanged) return readSink(tx, before.id);
    await tx.auditSink.update({
      where: { id: before.id },
      data: {
        name,
        format,
        settings: wanted.settings,
        sealedSecret: secret === null ? null : secretChanged ? sealSinkSecret(before.id, secret) : undefined,
        claimed: null,
        // What is under way was chosen by the old query: it does not count.
        ...(asksAnew ? { query, epoch: { increment: 1 } } : {}),
        nextTryAt: null,
      },
    });
    const target = sinkTarget({ id: before.id, name: name ?? before.name });
    record({ action: "sink.update", outcome: "success", target, changes, details: { newCredential: { given: secretChanged } } }); // prettier-ignore
    return readSink(tx, before.id);
  },
);

const settingsAlone = ({ kind, settings }: LockedSink): SinkSettings => ({ kind, settings }) as SinkSettings;

function parsed(kind: LockedSink["kind"], settings: Record<string, unknown>): SinkSettings {
  const result = SETTINGS[kind].safeParse(settings);
  if (result.success) return { kind, settings: result.data } as SinkSettings;
  const fields = result.error.issues.map(({ path, code, message }) => ({
    path: ["settings", ...path].join("."),
    code,
    message,
  }));
  throw new GatehouseError("validation_failed", { fields });
}

/** The secret that is in force afterwards: the one that is given, or the one that is kept as far as it may be. */
function secretFor(before: LockedSink, wanted: SinkSettings, given: string | undefined): string | null {
  if (given !== undefined) return given;
  if (secretUse(wanted) === "unused" || before.sealedSecret === null) return null;
  if (placeOf(wanted) !== placeOf(settingsAlone(before)))
    throw fieldError("validation_failed", "secret", "Give the secret again: it was given for another place.");
  const kept = openSinkSecret(before.id, before.sealedSecret);
  if (kept === null) throw fieldError("validation_failed", "secret", "The secret cannot be opened. Give it again.");
  return kept;
}
