import { expect, it } from "vitest";
import { alertWords } from "./search-words";

const owner = { id: "per_ana", name: "Ana" };
const alert = (threshold: number, windowSeconds: number) => ({ threshold, windowSeconds, firedAt: null, fault: null });

it("says who sees a saved search, whom it tells, and when", () => {
  expect(alertWords({ owner, shared: false, alert: null })).toBe("Kept private");
  expect(alertWords({ owner, shared: true, alert: null })).toBe("Shared by Ana");
  expect(alertWords({ owner, shared: false, alert: alert(1, 60) })).toBe(
    "Kept private. Tells Ana when an entry matches, at most once in a minute",
  );
  expect(alertWords({ owner, shared: true, alert: alert(5, 7200) })).toBe(
    "Shared by Ana. Tells the admins when 5 entries match within 2 hours, at most once in 2 hours",
  );
});
