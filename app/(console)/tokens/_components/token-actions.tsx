"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { TokenDetailDto } from "@/lib/token/schema";
import { EditToken } from "./edit-token";
import { RevokeToken } from "./revoke-token";
import { RotateToken } from "./rotate-token";

/** What can be done with a token. One that has ended can be looked at alone. */
export function TokenActions({
  token,
  mayRotate,
  mayEdit,
  mayRevoke,
}: {
  token: TokenDetailDto;
  mayRotate: boolean;
  mayEdit: boolean;
  mayRevoke: boolean;
}) {
  const [open, setOpen] = useState<"rotate" | "edit" | null>(null);
  if (token.status === "revoked" || token.status === "expired") return null;
  return (
    <>
      {mayEdit ? <Button onClick={() => setOpen("edit")}>Edit</Button> : null}
      {mayRotate ? (
        <Button
          onClick={() => setOpen("rotate")}
          disabledReason={token.successorId ? "It has a successor already; rotate that one" : null}
        >
          Rotate
        </Button>
      ) : null}
      {mayRevoke ? <RevokeToken token={token} /> : null}
      {open === "edit" ? <EditToken token={token} onClose={() => setOpen(null)} /> : null}
      {open === "rotate" ? <RotateToken token={token} onClose={() => setOpen(null)} /> : null}
    </>
  );
}
