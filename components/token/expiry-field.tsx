"use client";

import { FieldMessage, FieldSet } from "@/components/ui/field";
import { formatDuration, formatLocal, formatUtc } from "@/components/ui/format-time";
import { Input } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import { StatusGlyph } from "@/components/ui/status-badge";
import { useNow } from "@/components/ui/time";
import { checkExpiry, EXPIRY_PRESETS, expiryMoment, toLocalInput, type Expiry } from "./expiry";

const CUSTOM = "custom";

/** When a token ends: presets within policy or an exact time; always tells the moment, local and UTC. */
export function ExpiryField({
  value,
  onChange,
  maxSeconds = null,
  error,
  label = "Expires",
}: {
  value: Expiry;
  onChange: (value: Expiry) => void;
  /** The longest that policy allows; null for no limit. */
  maxSeconds?: number | null;
  /** The server's word on it, which wins over the field's own. */
  error?: string | null;
  label?: string;
}) {
  const nowMs = useNow();
  const check = checkExpiry(value, nowMs, maxSeconds);
  const moment = expiryMoment(value, nowMs);
  const preset =
    "expiresInSeconds" in value ? EXPIRY_PRESETS.find((each) => each.seconds === value.expiresInSeconds) : undefined;
  const message = error ?? check.error;
  return (
    <FieldSet
      legend={label}
      hint={maxSeconds === null ? undefined : `At most ${formatDuration(maxSeconds)}, by policy.`}
    >
      <RadioGroup
        look="segments"
        aria-label={label}
        className="self-start"
        value={preset ? String(preset.seconds) : CUSTOM}
        onValueChange={(chosen) =>
          onChange(chosen === CUSTOM ? { expiresAt: moment ?? "" } : { expiresInSeconds: Number(chosen) })
        }
        options={[
          ...EXPIRY_PRESETS.map((each) => ({
            value: String(each.seconds),
            label: each.label,
            disabled: maxSeconds !== null && each.seconds > maxSeconds,
          })),
          { value: CUSTOM, label: "Custom" },
        ]}
      />
      {preset ? null : (
        <Input
          type="datetime-local"
          aria-label={`${label}, day and time on your clock`}
          aria-invalid={message ? true : undefined}
          className="max-w-60"
          defaultValue={moment ? toLocalInput(moment) : ""}
          onChange={(event) => {
            const at = new Date(event.target.value);
            onChange({ expiresAt: Number.isNaN(at.getTime()) ? "" : at.toISOString() });
          }}
        />
      )}
      {moment ? (
        <p className="text-meta text-ink-2 flex flex-wrap gap-x-3" suppressHydrationWarning>
          <span suppressHydrationWarning>{formatLocal(moment)}</span>
          <span className="mono" suppressHydrationWarning>
            {formatUtc(moment)}
          </span>
        </p>
      ) : null}
      {message ? <FieldMessage>{message}</FieldMessage> : null}
      {!message && check.warning ? (
        <p role="status" className="text-meta text-expiring flex items-center gap-1.5">
          <StatusGlyph tone="expiring" />
          {check.warning}
        </p>
      ) : null}
    </FieldSet>
  );
}
