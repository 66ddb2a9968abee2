"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { PartitionDto } from "@/lib/audit/retention/schema";
import { PlaceHold } from "./place-hold";
import { spanWords } from "./words";

/** The button that holds one partition. */
export function HoldPartition({ partition }: { partition: PartitionDto }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)} aria-label={`Hold ${spanWords(partition.from, partition.to)}`}>
        Hold
      </Button>
      {open ? <PlaceHold partition={partition} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
