import type { ReactNode } from "react";
import { EntityLink } from "@/components/entity/entity-link";
import { Card } from "@/components/ui/card";

/** The token roles that a person or an agent holds. */
export function RolesCard({
  roles,
  empty,
  action,
}: {
  roles: readonly { id: string; name: string }[];
  empty: string;
  action?: ReactNode;
}) {
  return (
    <Card title="Token roles" actions={action}>
      {roles.length === 0 ? (
        <p className="text-body text-ink-2">{empty}</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {roles.map((role) => (
            <li key={role.id}>
              <EntityLink kind="role" id={role.id} name={role.name} className="text-body" />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
