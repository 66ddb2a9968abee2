import { expect, it } from "vitest";
import { moment, sizeWords, spanWords } from "./words";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [123_456, "123 kB"],
  [1_400_000_000, "1.4 GB"],
  [5e15, "5000 TB"],
])("tells %d bytes as %s", (bytes, words) => expect(sizeWords(bytes)).toBe(words));

it("tells a time of the log with its open ends", () => {
  const [from, to] = ["2026-03-01T00:00:00.000Z", "2026-04-01T06:30:00.000Z"];
  expect(moment(from)).toBe("2026-03-01");
  expect(spanWords(from, to)).toBe("2026-03-01 to 2026-04-01 06:30");
  expect(spanWords(null, to)).toBe("everything before 2026-04-01 06:30");
  expect(spanWords(from, null)).toBe("everything from 2026-03-01 on");
  expect(spanWords(null, null)).toBe("all of the log");
});
