/**
 * SQL: whether a partition has entries of a hold's time. Partitions are by the moment of recording, which comes after what happened, or
 * before it by as much as clocks differ: so an hour more counts on either side.
 * @param partition alias of `audit_partition`
 * @param hold alias of `audit_hold`
 */
export const overlapsHold = (partition: string, hold: string): string =>
  `(${hold}.to_at IS NULL OR ${partition}.from_at IS NULL OR ${partition}.from_at < ${hold}.to_at + interval '1 hour')
   AND (${hold}.from_at IS NULL OR ${partition}.to_at > ${hold}.from_at - interval '1 hour')`;

/** SQL: whether any hold that was not released is over a partition. */
export const isHeld = (partition: string): string =>
  `EXISTS (SELECT FROM audit_hold h WHERE h.released_at IS NULL AND ${overlapsHold(partition, "h")})`;
