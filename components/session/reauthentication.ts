"use client";

/**
 * Where `useAction` and the one dialog meet: an action that answers `reauthentication_required` asks here, and the dialog
 * (mounted once, in the root layout) answers.
 */

type Waiting = { resolve: (confirmed: boolean) => void };

let waiting: readonly Waiting[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Waiting[]): void {
  waiting = next;
  for (const listener of listeners) listener();
}

/** Opens the dialog; true once the person has proved who they are, false where they gave up. */
export function requestReauthentication(): Promise<boolean> {
  return new Promise((resolve) => change([...waiting, { resolve }]));
}

/** The dialog's answer to everybody who waits. */
export function settleReauthentication(confirmed: boolean): void {
  const settled = waiting;
  change([]);
  for (const { resolve } of settled) resolve(confirmed);
}

/** For `useSyncExternalStore`: whether anybody waits. */
export const reauthenticationStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isOpen: (): boolean => waiting.length > 0,
  isOpenOnServer: (): boolean => false,
};
