/** Rows as aligned columns, without colour: for people and for `cut` alike. An empty list is said in words. */
export function table(columns: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  if (rows.length === 0) return "Nothing found.";
  const cells = [columns, ...rows.map((row) => row.map((cell) => (cell === null || cell === "" ? "-" : String(cell))))];
  const widths = columns.map((_, nth) => Math.max(...cells.map((row) => (row[nth] ?? "").length)));
  return cells
    .map((row) => row.map((cell, nth) => (nth === row.length - 1 ? cell : cell.padEnd(widths[nth] ?? 0))).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}
