import { StatusBadge } from "@/components/ui/status-badge";
import type { ServerDto } from "@/lib/server/schema";

/** Whether calls on a server can be allowed at all. */
export function ServerStatus({ server }: { server: Pick<ServerDto, "status"> }) {
  return server.status === "active" ? (
    <StatusBadge tone="allow">active</StatusBadge>
  ) : (
    <StatusBadge tone="revoked">disabled</StatusBadge>
  );
}
