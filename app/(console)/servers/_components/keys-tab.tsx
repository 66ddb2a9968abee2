import { KeyRound } from "lucide-react";
import type { Tone } from "@/components/ui/badge";
import { DataTable, type Column } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import type { KeyDto } from "@/lib/key/schema";
import type { ServerDto } from "@/lib/server/schema";
import { IssueKey } from "./issue-key";
import { KeyActions } from "./key-actions";

const LOOK: Record<KeyDto["status"], { tone: Tone; word: string }> = {
  active: { tone: "allow", word: "active" },
  retiring: { tone: "rotating", word: "rotating out" },
  expired: { tone: "revoked", word: "expired" },
  revoked: { tone: "revoked", word: "revoked" },
};

/** The keys with which a server asks Gatehouse, the living first. */
export function KeysTab({
  server,
  keys,
  mayWrite,
  issuing,
  gatehouseUrl,
}: {
  server: ServerDto;
  keys: readonly KeyDto[];
  mayWrite: boolean;
  /** True where the address asks for a new key. */
  issuing: boolean;
  gatehouseUrl: string;
}) {
  const successors = new Set(keys.map(({ predecessorId }) => predecessorId));
  const living = ({ status }: KeyDto) => status === "active" || status === "retiring";
  const issue = mayWrite ? <IssueKey server={server} initiallyOpen={issuing} gatehouseUrl={gatehouseUrl} /> : undefined;
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <p className="text-body text-ink-2 max-w-2xl text-pretty">
          The server shows a key when it asks about a call. Whoever has one can ask about tokens for this server, and do
          nothing else.
        </p>
        {issue}
      </div>
      <DataTable
        label={`Keys of ${server.name}`}
        columns={columns(mayWrite, successors, gatehouseUrl)}
        rows={[...keys.filter(living), ...keys.filter((key) => !living(key))]}
        rowKey={(key) => key.id}
        empty={
          <EmptyState
            icon={<KeyRound />}
            title="No key yet"
            description="Issue one, and give it to the server as an environment variable. Without it the server cannot ask."
          />
        }
      />
    </>
  );
}

function columns(
  mayWrite: boolean,
  successors: ReadonlySet<string | null>,
  gatehouseUrl: string,
): readonly Column<KeyDto>[] {
  return [
    {
      key: "name",
      header: "Name",
      cell: (key) => (
        <div className="min-w-0 py-1">
          <div className="font-medium wrap-anywhere">{key.name}</div>
          <div className="mono text-ink-3 text-meta">{key.masked}</div>
        </div>
      ),
    },
    { key: "status", header: "Status", cell: (key) => <KeyStatus keyDto={key} /> },
    {
      key: "lastUsed",
      header: "Last used",
      from: "sm",
      cell: (key) => <Time at={key.lastUsedAt} never="never used" />,
    },
    { key: "created", header: "Created", from: "md", cell: (key) => <Time at={key.createdAt} /> },
    { key: "expires", header: "Expires", from: "md", cell: (key) => <Time at={key.expiresAt} /> },
    ...(mayWrite
      ? [
          {
            key: "actions",
            header: "Actions",
            hideHeader: true,
            align: "right" as const,
            cell: (key: KeyDto) => (
              <KeyActions keyDto={key} rotated={successors.has(key.id)} gatehouseUrl={gatehouseUrl} />
            ),
          },
        ]
      : []),
  ];
}

function KeyStatus({ keyDto }: { keyDto: KeyDto }) {
  const { tone, word } = LOOK[keyDto.status];
  return (
    <div className="flex flex-col items-start gap-0.5 py-1">
      <StatusBadge tone={tone}>{word}</StatusBadge>
      {keyDto.status === "retiring" ? (
        <span className="text-meta text-ink-2">
          ends <Time at={keyDto.retiresAt} />
        </span>
      ) : null}
      {keyDto.status === "revoked" ? (
        <span className="text-meta text-ink-2 wrap-anywhere">
          <Time at={keyDto.revokedAt} />
          {keyDto.revokedReason ? `: ${keyDto.revokedReason}` : null}
        </span>
      ) : null}
    </div>
  );
}
