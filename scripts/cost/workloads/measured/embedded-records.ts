import { isImageId } from '../../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { figureOf } from './measurement.ts';

/** A rendition in the worker's record of a message. */
interface RenditionRecord {
  name: string;
  outcome: string;
  code: string;
  /** Bytes that were stored. */
  bytesOut: number;
  /** Milliseconds of processor time or, from a worker that does not tell it, of the clock while it decoded, computed and encoded. */
  workMs: number;
  isProcessorTime: boolean;
}

/** One delivery of a message, as far as the worker's record tells what the work was. */
export interface MessageRecord {
  /** When the work ended, milliseconds since 1970. */
  at: number;
  imageId: string;
  requestId: string;
  receiveCount: number;
  bytesIn?: number;
  renditions: RenditionRecord[];
}

/** What every record in the embedded metric format has, and hardly any other log line. */
const MARK = '_aws';

/** A record in an event in a page of an answer of AWS is this deep. */
const MOST_DEPTH = 6;

/** Ids of requests and names of renditions are never longer (shared/contracts). */
const MOST_TEXT_LENGTH = 128;

/** The last millisecond of a Date. */
const LAST_MOMENT = 8.64e15;

/**
 * The records of a worker in a line of a log. The line may be the record itself, as the worker writes it, one with a time or a name before it, or come
 * from `aws logs filter-log-events`, `get-query-results` or `tail`, or from an export of Logs Insights as JSON or CSV. `unusable` is 1 if there is a
 * record in the line that cannot be used, because it is cut or another program's.
 */
export function recordsIn(line: string): { records: MessageRecord[]; unusable: number } {
  if (!line.includes(MARK)) return { records: [], unusable: 0 };
  const records = line
    .split('\t')
    .flatMap((part) => [...recordsOf(jsonIn(part))])
    .flatMap((record) => messageRecord(record) ?? []);
  return { records, unusable: records.length === 0 ? 1 : 0 };
}

type Json = Record<string, unknown>;

function* recordsOf(value: unknown, depth = 0): Generator<Json> {
  if (depth > MOST_DEPTH) return;
  if (typeof value === 'string' && value.includes(MARK)) yield* recordsOf(jsonIn(value), depth + 1);
  if (typeof value !== 'object' || value === null) return;
  if (MARK in value) yield value as Json;
  else for (const member of Object.values(value)) yield* recordsOf(member, depth + 1);
}

/** The JSON in a text: the whole of it, a member of an object over several lines, what begins as a record does, or such a cell of a CSV file. */
function jsonIn(text: string): unknown {
  const trimmed = text.trim().replace(/,$/, '');
  const start = trimmed.indexOf(`{"${MARK}"`);
  const cell = trimmed.indexOf(`"{""${MARK}""`);
  const readings = [
    () => trimmed,
    () => `{${trimmed}}`,
    ...(start < 0 ? [] : [() => trimmed.slice(start)]),
    ...(cell < 0 ? [] : [() => csvCell(trimmed, cell)]),
  ];
  for (const reading of readings) {
    try {
      return JSON.parse(reading());
    } catch {
      // Then it is one of the others, or cut, which the caller counts.
    }
  }
  return undefined;
}

/** The text of a quoted cell that begins at this quotation mark: marks in it are doubled. */
function csvCell(line: string, start: number): string {
  let end = start + 1;
  for (;;) {
    end = line.indexOf('"', end);
    if (end < 0) return '';
    if (line[end + 1] !== '"') return line.slice(start + 1, end).replaceAll('""', '"');
    end += 2;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' && value.length <= MOST_TEXT_LENGTH ? value : '');

/** No object is larger than an original may be. */
function bytesOf(value: unknown): number | undefined {
  const bytes = figureOf(value);
  return bytes === undefined || bytes > LIMITS.asyncUploadBytes ? undefined : bytes;
}

function messageRecord(record: Json): MessageRecord | undefined {
  const { service, receiveCount } = record;
  const imageId = textOf(record.imageId);
  const at = figureOf((record[MARK] as Json | null)?.Timestamp);
  const renditions = renditionRecords(record.renditions);
  if (service !== 'worker' || !isImageId(imageId)) return undefined;
  if (renditions === undefined || at === undefined || at > LAST_MOMENT) return undefined;
  const bytesIn = bytesOf(record.BytesIn);
  return {
    at,
    imageId,
    requestId: textOf(record.requestId),
    receiveCount: figureOf(receiveCount) ?? 1,
    ...(bytesIn !== undefined && { bytesIn }),
    renditions,
  };
}

function renditionRecords(value: unknown): RenditionRecord[] | undefined {
  if (!Array.isArray(value) || value.length > LIMITS.renditionsPerRequest) return undefined;
  return value.every((each) => typeof each === 'object' && each !== null) ? value.map(renditionRecord) : undefined;
}

function renditionRecord(rendition: Json): RenditionRecord {
  const { decodeMs, isDecodeShared, passesMs, encodeMs } = rendition;
  const passes = Array.isArray(passesMs) ? passesMs : [];
  // A shared decode is counted with the rendition for which it was made.
  const stages = [isDecodeShared ? 0 : decodeMs, ...passes, encodeMs];
  const cpuMs = figureOf(rendition.cpuMs);
  return {
    name: textOf(rendition.name),
    outcome: textOf(rendition.outcome),
    code: textOf(rendition.code),
    bytesOut: bytesOf(rendition.bytesOut) ?? 0,
    workMs: cpuMs ?? stages.reduce((sum: number, ms) => sum + (figureOf(ms) ?? 0), 0),
    isProcessorTime: cpuMs !== undefined,
  };
}
