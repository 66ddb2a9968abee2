"use client";

import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { Drawer } from "@/components/ui/dialog";
import { useUrlTransition } from "@/components/ui/url-transition";

/** One entry beside its list: open while the URL names it, closed by going to `closeHref`. `children` is `EntryDetail`. */
export function EntryDrawer({
  title,
  description,
  closeHref,
  footer,
  children,
}: {
  title: string;
  description?: string;
  closeHref: string;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const router = useRouter();
  const { start } = useUrlTransition();
  return (
    <Drawer
      open
      width={720}
      title={title}
      description={description}
      footer={footer}
      onOpenChange={(open) => {
        if (!open) start(() => router.push(closeHref, { scroll: false }));
      }}
    >
      {children}
    </Drawer>
  );
}
