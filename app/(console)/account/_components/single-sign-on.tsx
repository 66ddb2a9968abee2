"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { UnlinkSso } from "../../_components/unlink-sso";

/** That one's account is linked to the provider's, and the way to undo it. */
export function SingleSignOn({ person }: { person: { id: string; name: string } }) {
  const [asking, setAsking] = useState(false);
  return (
    <Card
      title="Single sign-on"
      actions={
        <Button size="sm" onClick={() => setAsking(true)}>
          Unlink
        </Button>
      }
    >
      <p className="text-body text-ink-2">
        Your account is linked to one at the sign-in provider. Unlink it where you have a new one there.
      </p>
      {asking ? <UnlinkSso person={person} self onClose={() => setAsking(false)} /> : null}
    </Card>
  );
}
