import "server-only";
import type { AnyValue, KeyValue, LogRecord, LogsRequest } from "./otlp-message";

/**
 * The few messages of OTLP that logs are made of, in protobuf's wire format: field numbers are those of `logs/v1/logs.proto`,
 * `common/v1/common.proto`, `resource/v1/resource.proto` and `collector/logs/v1/logs_service.proto` (opentelemetry-proto 1.x).
 */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const tag = (field: number, type: number): Buffer => varint(BigInt((field << 3) | type));
const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([tag(field, BYTES), varint(BigInt(value.length)), value]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value, "utf8"));
const number = (field: number, value: bigint): Buffer => Buffer.concat([tag(field, VARINT), varint(value)]);
const message = (field: number, ...parts: Buffer[]): Buffer => bytes(field, Buffer.concat(parts));

function fixed64(field: number, value: string): Buffer {
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64LE(BigInt(value));
  return Buffer.concat([tag(field, FIXED64), eight]);
}

function double(field: number, value: number): Buffer {
  const eight = Buffer.alloc(8);
  eight.writeDoubleLE(value);
  return Buffer.concat([tag(field, FIXED64), eight]);
}

function anyValue(value: AnyValue): Buffer[] {
  if ("stringValue" in value) return [text(1, value.stringValue as string)];
  if ("boolValue" in value) return [number(2, value.boolValue ? 1n : 0n)];
  if ("intValue" in value) return [number(3, BigInt(value.intValue as string))];
  if ("doubleValue" in value) return [double(4, value.doubleValue as number)];
  if ("arrayValue" in value) {
    const { values } = value.arrayValue as { values: AnyValue[] };
    return [message(5, ...values.map((one) => message(1, ...anyValue(one))))];
  }
  if ("kvlistValue" in value) {
    const { values } = value.kvlistValue as { values: KeyValue[] };
    return [message(6, ...values.map((one) => keyValue(1, one)))];
  }
  return [];
}

const keyValue = (field: number, { key, value }: KeyValue): Buffer =>
  message(field, text(1, key), message(2, ...anyValue(value)));

const logRecord = (record: LogRecord): Buffer =>
  message(
    2,
    fixed64(1, record.timeUnixNano),
    number(2, BigInt(record.severityNumber)),
    text(3, record.severityText),
    message(5, ...anyValue(record.body)),
    ...record.attributes.map((one) => keyValue(6, one)),
    ...(record.traceId === undefined ? [] : [bytes(9, Buffer.from(record.traceId, "hex"))]),
    ...(record.spanId === undefined ? [] : [bytes(10, Buffer.from(record.spanId, "hex"))]),
    fixed64(11, record.observedTimeUnixNano),
    text(12, record.eventName),
  );

/** An `ExportLogsServiceRequest`. */
export function encodeLogsRequest({ resourceLogs }: LogsRequest): Buffer<ArrayBuffer> {
  return Buffer.concat(
    resourceLogs.map(({ resource, scopeLogs }) =>
      message(
        1,
        message(1, ...resource.attributes.map((one) => keyValue(1, one))),
        ...scopeLogs.map(({ scope, logRecords }) =>
          message(2, message(1, text(1, scope.name)), ...logRecords.map(logRecord)),
        ),
      ),
    ),
  );
}

/** What a receiver did not take of what it took (`ExportLogsPartialSuccess`). */
export type PartialSuccess = { rejected: bigint; message: string };

/** An `ExportLogsServiceResponse`; bytes that are none say nothing. */
export function decodePartialSuccess(answer: Buffer): PartialSuccess {
  const partial = fieldsOf(answer)?.find(({ field, value }) => field === 1 && Buffer.isBuffer(value))?.value;
  const fields = Buffer.isBuffer(partial) ? (fieldsOf(partial) ?? []) : [];
  const rejected = fields.find(({ field }) => field === 1)?.value;
  const said = fields.find(({ field }) => field === 2)?.value;
  return {
    rejected: typeof rejected === "bigint" ? rejected : 0n,
    message: Buffer.isBuffer(said) ? said.toString("utf8") : "",
  };
}

type Field = { field: number; value: bigint | Buffer };

function fieldsOf(buffer: Buffer): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 64n && at < buffer.length; shift += 7n) {
      const byte = buffer[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("no varint");
  };
  try {
    while (at < buffer.length) {
      const key = Number(readVarint());
      const type = key & 7;
      if (type === VARINT) fields.push({ field: key >> 3, value: readVarint() });
      else {
        const length = type === FIXED64 ? 8 : type === FIXED32 ? 4 : type === BYTES ? Number(readVarint()) : NaN;
        if (!(at + length <= buffer.length)) return null;
        fields.push({ field: key >> 3, value: buffer.subarray(at, (at += length)) });
      }
    }
    return fields;
  } catch {
    return null;
  }
}
