import { IMAGE_TABLE } from '../../shared/contracts/table.ts';
import { FINDING_KINDS, type Finding, REMEDIES } from './findings.ts';
import { PHASES, type Phase } from './progress.ts';
import type { SavedState } from './saved-state.ts';

type Check = (value: unknown) => boolean;

const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isText: Check = (value) => typeof value === 'string' && value.isWellFormed();
const isName: Check = (value) => isText(value) && value !== '';
const isTime: Check = (value) => !Number.isNaN(new Date(value as number).getTime());
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const oneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (each: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(each);
const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

const hasOnly = (value: unknown, shape: Record<string, Check>): value is Record<string, unknown> =>
  isRecord(value) && Object.keys(value).every((name) => Object.hasOwn(shape, name));

/** Checks an object that has these properties and no others. */
const object =
  (shape: Record<string, Check>): Check =>
  (value) =>
    hasOnly(value, shape) && Object.entries(shape).every(([name, check]) => check(value[name]));

const isSuspect = either(
  object({ of: oneOf('item'), partition: isText, sort: isText }),
  object({ of: oneOf('record'), imageId: isText, rendition: optional(isText) }),
  object({
    ...{ of: oneOf('object'), key: isText, contentLength: isCount },
    lastModified: (value) => isText(value) && isTime(value),
  }),
  object({ of: oneOf('upload'), key: isText, storeUploadId: isText }),
);

const mended = Object.fromEntries(REMEDIES.map((done) => [done, optional(isCount)]));
const found = Object.fromEntries(Object.keys(FINDING_KINDS).map((kind) => [kind, optional(isCount)]));

const SAVED: Record<keyof SavedState, Check> = {
  identity: isText,
  pid: (value) => isCount(value) && value !== 0,
  findingsBytes: isCount,
  phase: oneOf(...PHASES),
  cursor: () => true,
  done: listOf(isText),
  openUploads: (value) => isRecord(value) && Object.values(value).every(isText),
  suspects: listOf(isSuspect),
  startedAt: (value) => isCount(value) && isTime(value),
  counts: object({
    ...{ records: isCount, objects: isCount, bytesRead: isCount, young: isCount, faults: isCount },
    found: object(found),
    mended: object(mended),
    youngUntil: optional((value) => isText(value) && isTime(value)),
  }),
};

/** The checks for the cursor of each phase. */
const CURSORS: Record<Phase, Check> = {
  records: object({ [IMAGE_TABLE.partitionKey]: isName, [IMAGE_TABLE.sortKey]: isName }),
  originals: isName,
  renditions: isName,
  uploads: oneOf(true),
};

/** Whether a value is a state, sound or not, and nothing else. */
export const looksLikeState = (value: unknown): boolean => hasOnly(value, SAVED) && isText(value.identity);

/** Whether a value is a state from which a run can go on. */
export function isSavedState(value: unknown): value is SavedState {
  if (!object(SAVED)(value)) return false;
  const { phase, cursor } = value as SavedState;
  return optional(CURSORS[phase])(cursor);
}

const isFinding = object({
  ...{ kind: oneOf(...Object.keys(FINDING_KINDS)), what: oneOf('original', 'rendition', 'upload', 'record', 'other') },
  ...{
    key: isText,
    imageId: optional(isText),
    owner: optional(isText),
    rendition: optional(isText),
    contentLength: optional(isCount),
  },
  ...{ lastModified: optional(isText), checksumSha256: optional(isText), detail: isText },
  done: optional(oneOf(...REMEDIES)),
} satisfies Record<keyof Finding, Check>);

/** Parses a line of the findings file; undefined if it is not a finding. */
export function parseFinding(line: string): Finding | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFinding(value) ? (value as Finding) : undefined;
  } catch {
    return undefined;
  }
}
