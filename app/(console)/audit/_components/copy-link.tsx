"use client";

import { Link2 } from "lucide-react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { sizeOfLogAction } from "../saved-actions";

/** Copies the screen's address, pinned to the size that the log has now: whoever opens it sees the same set. */
export function CopyLink({ params, pinned }: { params: string; pinned: boolean }) {
  const { run, pending } = useAction(sizeOfLogAction);
  const copy = async () => {
    const address = new URLSearchParams(params);
    if (!pinned) {
      const size = await run({});
      if (!size.ok) return;
      address.set("at", String(size.data));
    }
    address.delete("cursor");
    try {
      await navigator.clipboard.writeText(`${window.location.origin}/audit?${address}`);
    } catch {
      toast.warning("The browser refused to copy", "Open the link by Pin, and copy it from the address bar.");
      return;
    }
    toast.success("Link copied", "It is pinned: whoever opens it sees the same entries.");
  };
  return (
    <Button busy={pending} onClick={() => void copy()}>
      <Link2 aria-hidden />
      Copy link
    </Button>
  );
}
