import "server-only";
import { z } from "zod";
import { findArtifact } from "./artifacts";

/** Where a device asked from (RFC 8628): the person who types its code is shown that. */
export const deviceInfoSchema = z.object({ ip: z.string().nullable(), userAgent: z.string().nullable() });
export type DeviceInfo = z.infer<typeof deviceInfoSchema>;

/** What is known of the device whose code that is; null where it is over. */
export async function readDevice(deviceCode: string): Promise<DeviceInfo | null> {
  const payload = await findArtifact("DeviceCode", deviceCode);
  return payload ? deviceInfoSchema.parse(payload.deviceInfo) : null;
}
