/** What the launcher and its children tell each other over their IPC channel. */
export type ToLauncher =
  | { kind: "listening"; port: number }
  /** The child works; it listens nowhere. */
  | { kind: "working" }
  /** The child cannot go on; `message` is one sentence for the operator. */
  | { kind: "failed"; message: string };

export type ToChild =
  /** Where the console listens now; null while it does not. For the authority. */
  | { kind: "console"; port: number | null }
  /** Finish what is under way, then exit. */
  | { kind: "stop" };

/** Says something to the launcher, where there is one; `told` runs when it is on its way. */
export function tellLauncher(message: ToLauncher, told: () => void = () => undefined): void {
  if (process.send) process.send(message, told);
  else told();
}

/**
 * Runs a child of the launcher: passes its messages on, and ends with it. A launcher that was killed closes the channel:
 * nothing may stay behind that holds the port. Ctrl-C reaches the whole terminal group, but stopping is the launcher's to order.
 */
export function followLauncher(handlers: {
  message?: (message: ToChild) => void;
  /** Drains; resolves when everything has been answered. */
  stop: () => Promise<void>;
}): void {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= handlers.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("message", (message: ToChild) => {
    if (message.kind === "stop") stop();
    else handlers.message?.(message);
  });
  process.on("disconnect", stop);
  process.on("SIGTERM", stop);
  process.on("SIGINT", () => {
    if (!process.connected) stop();
  });
  // Killed before we listened: nobody tells it again.
  if (process.connected === false) stop();
}
