import "server-only";
import { personalField } from "../../personal/ref";
import type { Format } from "../receiver";

/**
 * An entry as the log's export writes it: `body` byte for byte, so that `leaf` is SHA-256(0x00 ‖ body), and beside it what it says of
 * people. A test event has no index.
 */
export const gatehouseFormat: Format = ({ idx, recordedAt, leaf, body, personal }) =>
  idx < 0
    ? `{"index":null,"test":true,"recordedAt":"${recordedAt}","body":${body}}`
    : `{"index":${idx},"recordedAt":"${recordedAt}","leaf":"${leaf}",${personalField(personal)}"body":${body}}`;
