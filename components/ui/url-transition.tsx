"use client";

import { createContext, useContext, useMemo, useTransition, type ReactNode, type TransitionStartFunction } from "react";

type UrlTransition = { pending: boolean; start: TransitionStartFunction };

const UrlTransitionContext = createContext<UrlTransition>({ pending: false, start: (change) => void change() });

/** Shares one transition among search, filters, sorting and paging, so that the table can show that it refetches. */
export function UrlTransitionProvider({ children }: { children: ReactNode }) {
  const [pending, start] = useTransition();
  const value = useMemo(() => ({ pending, start }), [pending, start]);
  return <UrlTransitionContext value={value}>{children}</UrlTransitionContext>;
}

/** Whether the list is being fetched again, and `start` to navigate so that it shows. */
export function useUrlTransition(): UrlTransition {
  return useContext(UrlTransitionContext);
}
