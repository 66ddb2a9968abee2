import { Layers } from "lucide-react";
import { ButtonLink } from "@/components/ui/button-link";
import { DataTable, type Column } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { StatusBadge } from "@/components/ui/status-badge";
import type { PartitionDto } from "@/lib/audit/retention/schema";
import type { Page } from "@/lib/page";
import { HoldPartition } from "./hold-partition";
import { sizeWords, spanWords, STATE_TONES, STATE_WORDS, WAIT_WORDS } from "./words";

const whole = (value: number) => value.toLocaleString("en-US");

/** Where its entries went, or what keeps them here. */
function Whereabouts({ partition }: { partition: PartitionDto }) {
  const { archive, holds, state, waitsFor } = partition;
  if (archive)
    return (
      <>
        <span className="mono block wrap-anywhere">{archive.file}</span>
        <span className="text-meta text-ink-2 block">
          {sizeWords(archive.bytes)}
          {state === "archived" ? "" : ", not dropped yet"}
        </span>
      </>
    );
  if (holds.length > 0) return <span className="text-ink-2">{WAIT_WORDS.hold}</span>;
  if (state === "ahead" || state === "hot") return <span className="text-ink-3">the log</span>;
  return <span className="text-ink-2">{waitsFor === null ? "archived next" : WAIT_WORDS[waitsFor]}</span>;
}

const columnsOf = (mayHold: boolean): Column<PartitionDto>[] => [
  { key: "span", header: "Time (UTC)", cell: ({ from, to }) => spanWords(from, to), className: "whitespace-nowrap" },
  {
    key: "state",
    header: "State",
    cell: ({ state }) => <StatusBadge tone={STATE_TONES[state]}>{STATE_WORDS[state]}</StatusBadge>,
  },
  {
    key: "entries",
    header: "Entries",
    align: "right",
    from: "sm",
    cell: ({ entries }) => (entries === null ? "" : whole(entries)),
  },
  {
    key: "size",
    header: "Size",
    align: "right",
    from: "md",
    cell: ({ bytes }) => (bytes === null ? "" : sizeWords(bytes)),
  },
  { key: "where", header: "Where, and why", cell: (partition) => <Whereabouts partition={partition} /> },
  ...(mayHold
    ? [
        {
          key: "act",
          header: "Actions",
          hideHeader: true,
          align: "right" as const,
          cell: (partition: PartitionDto) =>
            ["hot", "closed"].includes(partition.state) ? <HoldPartition partition={partition} /> : null,
        },
      ]
    : []),
];

/** The parts of the log, newest first: what is written, what is closed, and what went to which archive. */
export function Partitions({
  page,
  isFirst,
  mayHold,
}: {
  page: Page<PartitionDto>;
  isFirst: boolean;
  mayHold: boolean;
}) {
  return (
    <section aria-labelledby="partitions">
      <h2 id="partitions" className="text-section text-ink font-semibold">
        Partitions
      </h2>
      <p className="text-meta text-ink-2 mb-3">
        The log is stored in parts by time; what is no longer kept leaves a part at a time.
      </p>
      <DataTable
        label="Partitions of the log"
        columns={columnsOf(mayHold)}
        rows={page.items}
        rowKey={({ name }) => name}
        empty={<EmptyState icon={<Layers />} title="No partitions" description="The log has none before these." />}
      />
      <Pages isFirst={isFirst} older={page.nextCursor} />
    </section>
  );
}

function Pages({ isFirst, older }: { isFirst: boolean; older: string | null }) {
  if (isFirst && older === null) return null;
  return (
    <nav aria-label="Pages" className="flex flex-wrap justify-between gap-2 pt-3">
      {isFirst ? (
        <span />
      ) : (
        <ButtonLink size="sm" href="/settings/log">
          Newest
        </ButtonLink>
      )}
      {older === null ? null : (
        <ButtonLink size="sm" href={`/settings/log?cursor=${older}`}>
          Older
        </ButtonLink>
      )}
    </nav>
  );
}
