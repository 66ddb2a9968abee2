import { Cluster } from "../cluster";
import { makeLogReport, type LogReport } from "./report";
import { LogRun, type LogRunOptions } from "./run";
import { LogScene } from "./scene";
import { makeLogSchedule } from "./schedule";

const AUTHORITIES = 2;
const SINKS = 2;

/** One run from an empty database to the judgement. */
export async function runIntegrator(options: LogRunOptions): Promise<LogReport> {
  const cluster = await Cluster.start({ proxied: false });
  try {
    return await runOn(cluster, options);
  } finally {
    await cluster.close();
  }
}

/** The same on a database that has no keeper and no authority yet. */
export async function runOn(cluster: Cluster, options: LogRunOptions): Promise<LogReport> {
  const scene = await LogScene.begin(cluster, SINKS);
  try {
    for (let nth = 0; nth < AUTHORITIES; nth++) await (await cluster.add(undefined, scene.noteAnswer)).process.start();
    const run = new LogRun(scene, makeLogSchedule(options), options);
    await run.go();
    return makeLogReport(run, scene, await scene.judge(), options);
  } finally {
    await scene.end();
  }
}
