import type { Reach } from "../authority/oauth/testing/listener";
import { tourLogKey } from "./log-key";
import { tourApproval, tourClients, tourConsent, tourStrangers } from "./oauth";
import { tourAlert, tourMachines } from "./machines";
import { tourPeople, tourSecondFactor, tourSignIn } from "./people";
import { tourRetention } from "./retention";
import { tourSearches } from "./searches";
import { tourSinks } from "./sinks";
import { tourRoles, tourServers, tourTokens } from "./things";

/** Does everything once that can be done, in a fresh database with the OAuth engine running. */
export async function takeTour(reach: Reach, issuer: string): Promise<void> {
  await tourSignIn();
  await tourPeople();
  await tourSecondFactor();
  await tourServers();
  await tourRoles();
  await tourTokens();
  await tourLogKey();
  await tourSearches();
  await tourSinks();
  await tourRetention();
  await tourMachines(reach);
  await tourAlert();
  await tourClients();
  await tourConsent(reach, issuer);
  await tourApproval(reach, issuer);
  await tourStrangers(reach);
}
