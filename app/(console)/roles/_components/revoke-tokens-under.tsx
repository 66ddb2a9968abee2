"use client";

import { Ellipsis, KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { RevokeTokensOf } from "../../_components/revoke-tokens-of";

/** Ends every token under a role, out of the way in a menu: the role itself stays. */
export function RevokeTokensUnder({ role }: { role: { id: string; name: string; liveTokens: number } }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Menu
        trigger={
          <Button size="icon" aria-label="More">
            <Ellipsis aria-hidden />
          </Button>
        }
        items={[
          {
            label: "Revoke all tokens",
            icon: <KeyRound aria-hidden />,
            tone: "danger",
            onSelect: () => setOpen(true),
          },
        ]}
      />
      {open ? <RevokeTokensOf by="roles" subject={role} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
