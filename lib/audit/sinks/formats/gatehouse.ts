import "server-only";
import type { Format } from "../receiver";

/** An entry as the log's export writes it: `body` byte for byte, so that `leaf` is SHA-256(0x00 ‖ body). A test event has no index. */
export const gatehouseFormat: Format = ({ idx, recordedAt, leaf, body }) =>
  idx < 0
    ? `{"index":null,"test":true,"recordedAt":"${recordedAt}","body":${body}}`
    : `{"index":${idx},"recordedAt":"${recordedAt}","leaf":"${leaf}","body":${body}}`;
