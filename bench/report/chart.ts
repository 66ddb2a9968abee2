import { BASELINE, type Target } from "../targets";
import { figure } from "./format";
import type { Summary } from "./summary";

const WIDTH = 880;
const EDGE = 20;
const ROW = 30;
const TOP = 86;
const LABELS = 240;
const BARS = 400;

// With a ground of its own: a page's colours need not be those of the reader's system, which is what the query asks for.
const STYLE = `
  .ground { fill: #ffffff }
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .soft { fill: #59636e }
  .bar { fill: #8c959f }
  .own { fill: #0969da }
  .base { fill: #bf8700 }
  .rule { stroke: #bf8700; stroke-dasharray: 4 4 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 }
    text { fill: #f0f6fc }
    .soft { fill: #9198a1 }
    .bar { fill: #6e7681 }
    .own { fill: #4493f8 }
    .base { fill: #d29922 }
    .rule { stroke: #d29922 }
  }`;

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function kindOf(target: string): string {
  if (target === BASELINE) return "base";
  return target.startsWith("gatehouse") ? "own" : "bar";
}

type Bar = { target: string; title: string; value: number; note: string };

/** Bars beside each other on a linear scale, as an SVG that follows the reader's colour scheme. */
function bars(title: string, subtitle: string, rows: readonly Bar[]): string {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const wide = (value: number) => (value / most) * BARS;
  const height = TOP + rows.length * ROW + 12;
  const ruleAt = LABELS + wide(1);
  const lines = rows.map(({ target, title: name, value, note }, nth) => {
    const y = TOP + nth * ROW;
    return [
      `<text x="${LABELS - 12}" y="${y + 16}" text-anchor="end">${escape(name)}</text>`,
      `<rect class="${kindOf(target)}" x="${LABELS}" y="${y + 2}" width="${Math.max(1, wide(value)).toFixed(1)}" height="${ROW - 10}" rx="2"/>`,
      `<text x="${LABELS + wide(value) + 8}" y="${y + 16}">${escape(`${figure(value)} ×`)}<tspan class="soft">${escape(`  ${note}`)}</tspan></text>`,
    ].join("\n");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="8"/>`,
    `<text class="title" x="${EDGE}" y="34">${escape(title)}</text>`,
    `<text class="soft" x="${EDGE}" y="58">${escape(subtitle)}</text>`,
    ...lines,
    `<line class="rule" x1="${ruleAt}" x2="${ruleAt}" y1="${TOP - 8}" y2="${height - 8}"/>`,
    "</svg>\n",
  ].join("\n");
}

/** Throughput of every target as a multiple of the echo's, under one load. Empty where there is no baseline. */
export function throughputChart(targets: readonly Target[], summaries: readonly Summary[], load: string): string {
  const rows = summaries
    .filter((summary) => summary.load === load && summary.ratio !== null)
    .map((summary) => ({
      target: summary.target,
      title: targets.find(({ id }) => id === summary.target)?.title ?? summary.target,
      value: summary.ratio?.perSecond ?? 0,
      note: `${figure(summary.perSecond.median)}/s, p99 ${figure(summary.p99)} ms`,
    }));
  if (rows.length === 0) return "";
  const connections = load.slice("closed-".length);
  return bars(
    "Decisions per second, as a multiple of a bare node:http echo",
    `${connections} connections, each asks again as soon as it was answered; same machine, same PostgreSQL, one run`,
    rows,
  );
}
