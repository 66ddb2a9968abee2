import { alerts } from "./alerts";
import { anchors } from "./anchors";
import { badges } from "./badges";
import { behind } from "./behind";
import { integrator } from "./integrator";
import type { Job } from "./job";
import { blocksJob, partitionIndexesJob, partitionsJob } from "./partitions";
import { retention } from "./retention";
import { recheck } from "./recheck";
import { sinks } from "./sinks";

/** Everything that the keeper does. */
export const jobs: readonly Job[] = [
  integrator(),
  behind(),
  recheck(),
  ...anchors(),
  badges(),
  alerts(),
  partitionsJob,
  partitionIndexesJob,
  blocksJob,
  sinks(),
  retention(),
];
