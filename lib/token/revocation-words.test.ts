import { describe, expect, it } from "vitest";
import { revocationWords, spreadWords } from "./revocation-words";

const all = { revoked: 1, seq: 812, confirmedBy: 3, processes: 3, waitedMs: 6.4, complete: true };

describe("revocationWords", () => {
  it("says who confirmed, and how long that took", () => {
    expect(revocationWords(all)).toBe("Revoked: refused everywhere, 3 of 3 processes, in 6 ms");
    expect(revocationWords({ ...all, confirmedBy: 1, processes: 1, waitedMs: 0.4 })).toBe(
      "Revoked: refused everywhere, 1 of 1 process, in less than 1 ms",
    );
  });

  it("says of a process that did not confirm that its lease ended", () => {
    expect(revocationWords({ ...all, confirmedBy: 2, waitedMs: 1083.2 })).toBe(
      "Revoked: refused everywhere, 2 of 3 processes confirmed, the lease of the other ended, in 1.1 s",
    );
    expect(revocationWords({ ...all, confirmedBy: 1, waitedMs: 999.6 })).toBe(
      "Revoked: refused everywhere, 1 of 3 processes confirmed, the leases of the other 2 ended, in 1.0 s",
    );
    expect(revocationWords({ ...all, confirmedBy: 0, processes: 1, waitedMs: 950 })).toBe(
      "Revoked: refused everywhere, 0 of 1 process confirmed, its lease ended, in 950 ms",
    );
  });

  it("names no process where none caches", () => {
    expect(revocationWords({ ...all, confirmedBy: 0, processes: 0, waitedMs: 0.7 })).toBe(
      "Revoked: refused everywhere",
    );
  });

  it("never says everywhere before every process is known to refuse", () => {
    const words = revocationWords({ ...all, confirmedBy: 0, processes: 0, complete: false });
    expect(words).toBe("Revoked; not every process has confirmed yet");
    expect(revocationWords({ ...all, revoked: 4, complete: false }, { many: true })).toBe(
      "Revoked 4 tokens; not every process has confirmed yet",
    );
  });

  it("counts the tokens where all of something were revoked", () => {
    expect(revocationWords({ ...all, revoked: 1200 }, { many: true })).toBe(
      "Revoked 1,200 tokens: refused everywhere, 3 of 3 processes, in 6 ms",
    );
    expect(revocationWords(all, { many: true })).toMatch(/^Revoked 1 token: /);
  });

  it("does not claim a revocation that changed nothing", () => {
    expect(revocationWords({ ...all, revoked: 0 })).toBe("It had ended before");
    expect(revocationWords({ ...all, revoked: 0 }, { many: true })).toBe("No live token was left to revoke");
  });
});

describe("spreadWords", () => {
  it("has nothing to tell where there was nobody to wait for", () => {
    expect(spreadWords({ confirmedBy: 0, processes: 0, waitedMs: 0 })).toBeNull();
  });
});
