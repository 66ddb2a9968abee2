import { badges } from "./badges";
import type { Job } from "./job";

/** Everything that the keeper does. */
export const jobs: readonly Job[] = [badges()];
