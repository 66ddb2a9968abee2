import { expect, it } from "vitest";
import type { Turn } from "./job";
import { perConnection } from "./per-connection";

it("keeps one thing for one connection, and ends it before there is another, or when it is dropped", async () => {
  const [first, second] = [{}, {}] as [Turn["client"], Turn["client"]];
  const said: string[] = [];
  let made = 0;
  const held = perConnection(
    () => `made ${++made}`,
    async (last) => void said.push(`ended ${last}`),
  );
  expect([await held.of(first), await held.of(first)]).toEqual(["made 1", "made 1"]);
  expect(await held.of(second)).toBe("made 2");
  await held.drop();
  await held.drop();
  expect(said).toEqual(["ended made 1", "ended made 2"]);
  expect(await held.of(second)).toBe("made 3");
});
