import "server-only";
import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { refusedAddress, type Reach } from "./address";
import { OutgoingFailure } from "./failure";

/** Resolves a host name to all of its addresses. Rejects as `dns.lookup` does. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

/** The system's resolver. */
export const systemResolve: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    dnsLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/** The failure for a host at a refused address. */
export function addressRefused(why: string): OutgoingFailure {
  return new OutgoingFailure("refused_address", `This address may not be called: it is ${why}.`);
}

/**
 * A `lookup` for sockets: the connection is made to the very addresses that were judged, so that a name which changes
 * between a look and the call (DNS rebinding) gains nothing. One refused address refuses the name.
 */
export function guardedLookup(resolve: Resolve, reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const why = addresses.map(({ address }) => refusedAddress(address, reach)).find((refused) => refused !== null);
        const first = addresses.find(({ family }) => !options.family || family === options.family);
        if (why) callback(addressRefused(why), "", 0);
        else if (!first) callback(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "", 0);
        else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}
