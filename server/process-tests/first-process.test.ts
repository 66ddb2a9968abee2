import { spawnSync } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { childPid, cleanUp, startGatehouse, until, zombiesOf } from "./gatehouse";

afterAll(cleanUp);

/** A PID namespace of its own, as a container has: it takes root and Linux. It ends with the program that made it. */
const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
const [program = "", ...options] = NAMESPACE;
const possible = spawnSync(program, [...options, "true"]).status === 0;

/** Elsewhere the same must hold of the launcher as any process. */
const place = possible ? "as the first process of a container, without an init process" : "as a process among others";

describe(`the launcher, ${place}`, () => {
  it("collects and replaces a killed console and authority, and stops in order on SIGTERM", async () => {
    const gatehouse = await startGatehouse({ by: possible ? NAMESPACE : [] });
    const launcher = possible ? childPid(gatehouse.pid, "launcher.mjs") : gatehouse.pid;
    const status = (path: string) =>
      fetch(`${gatehouse.base}${path}`).then(
        (answer) => answer.status,
        () => 0,
      );
    for (const [name, path] of [
      ["console.mjs", "/sign-in"],
      ["authority.mjs", "/readyz"],
    ] as const) {
      const killed = childPid(launcher, name);
      process.kill(killed, "SIGKILL");
      await until(() => zombiesOf(launcher) === 0 && isReplaced(launcher, name, killed));
      await until(async () => (await status(path)) === 200);
    }
    expect(zombiesOf(launcher)).toBe(0);
    process.kill(launcher, "SIGTERM");
    expect(await gatehouse.exited).toBe(0);
    expect(gatehouse.output()).toContain("Stopped.");
  });
});

function isReplaced(launcher: number, name: string, killed: number): boolean {
  try {
    return childPid(launcher, name) !== killed;
  } catch {
    return false; // not started again yet
  }
}
