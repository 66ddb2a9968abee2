"use client";

import Link from "next/link";
import { useState } from "react";
import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { StatusGlyph } from "@/components/ui/status-badge";
import type { DecidedHour } from "@/lib/overview/schema";

const HOUR_MS = 3_600_000;
const whole = new Intl.NumberFormat("en-US");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

const endOf = (hour: DecidedHour) => new Date(Date.parse(hour.startsAt) + HOUR_MS);
const spanOf = (hour: DecidedHour) => `${clock.format(new Date(hour.startsAt))} to ${clock.format(endOf(hour))}`;
const counted = (count: number | null) => (count === null ? "not counted" : whole.format(count));

function logHref(hour: DecidedHour): string {
  const query = { action: "token.validate", from: hour.startsAt, to: endOf(hour).toISOString() };
  return `/audit?${new URLSearchParams(query).toString()}`;
}

/** What was refused must be seen beside thousands that were not. */
const atLeastVisible = (count: unknown) => (typeof count === "number" && count > 0 ? 2 : 0);

/**
 * The decisions of each of the last 24 hours: refused on the baseline, allowed above it, nothing where they were not
 * counted. Arrow keys walk through the hours; the table below says the same, and leads to each hour's entries.
 */
export function HoursChart({ hours }: { hours: readonly DecidedHour[] }) {
  const bars = hours.map((hour, index) => ({ ...hour, hour, ago: hours.length - index }));
  return (
    <div className="mt-3">
      <div className="h-24 w-full">
        <ResponsiveContainer initialDimension={{ width: 400, height: 96 }}>
          <BarChart
            data={bars}
            margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
            barCategoryGap={2}
            title="Decisions by hour. The table below holds the numbers."
          >
            <XAxis
              dataKey="ago"
              ticks={[18, 12, 6]}
              tickFormatter={(ago: number) => `${ago} h ago`}
              interval={0}
              height={18}
              tickLine={false}
              axisLine={{ stroke: "var(--color-hairline)" }}
              tick={{ fill: "var(--color-ink-2)", fontSize: 11 }}
            />
            <YAxis hide domain={[0, "dataMax"]} />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: "var(--color-raised)" }}
              content={({ active, payload }) => {
                const bar = payload[0]?.payload as (typeof bars)[number] | undefined;
                return active && bar ? <HourTip hour={bar.hour} /> : null;
              }}
            />
            <Bar
              dataKey="denied"
              stackId="hour"
              fill="var(--color-deny-solid)"
              minPointSize={atLeastVisible}
              isAnimationActive={false}
            />
            <Bar
              dataKey="allowed"
              stackId="hour"
              fill="var(--color-control)"
              minPointSize={atLeastVisible}
              isAnimationActive={false}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <HoursTable hours={hours} />
    </div>
  );
}

function HourTip({ hour }: { hour: DecidedHour }) {
  return (
    <div className="bg-overlay shadow-overlay text-meta text-ink rounded-md px-2.5 py-1.5">
      <p className="font-medium">{spanOf(hour)}</p>
      <p className="flex items-center gap-1.5">
        <StatusGlyph tone="deny" className="text-deny size-3" /> {counted(hour.denied)} refused
      </p>
      <p className="flex items-center gap-1.5">
        <StatusGlyph tone="allow" className="text-allow size-3" /> {counted(hour.allowed)} allowed
      </p>
    </div>
  );
}

/** Rendered when it is opened, in the browser: the server does not know the reader's time zone. */
function HoursTable({ hours }: { hours: readonly DecidedHour[] }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="text-meta mt-1" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="text-ink-2 hover:text-ink inline-flex min-h-6 cursor-pointer items-center rounded-sm">
        Show as a table
      </summary>
      {open ? (
        <table className="mt-1 w-full">
          <thead>
            <tr className="text-ink-2 border-hairline border-b text-left">
              <th className="py-1 font-medium">Hour</th>
              <th className="py-1 text-right font-medium">Refused</th>
              <th className="py-1 text-right font-medium">Allowed</th>
            </tr>
          </thead>
          <tbody>
            {hours.toReversed().map((hour) => (
              <tr key={hour.startsAt}>
                <td className="py-0.5">
                  <Link href={logHref(hour)} prefetch={false} className="text-accent hover:underline">
                    {spanOf(hour)}
                  </Link>
                </td>
                <td className="text-right">{counted(hour.denied)}</td>
                <td className="text-right">{counted(hour.allowed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </details>
  );
}
