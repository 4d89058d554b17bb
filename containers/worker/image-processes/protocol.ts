import { ERRORS } from '../../../shared/domain/errors.ts';
import { OUTPUT_FORMATS } from '../../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { MOST_WARNINGS, WARNINGS, type WarningCode } from '../../../shared/domain/warnings.ts';
import type { Description } from '../pipeline/placeholder.ts';
import type { Rendered, RenderFailure, RenderJob } from '../pipeline/render-job.ts';

/**
 * An order to an image process. The process does one at a time and gives one answer to each, so that each order can have a time limit of its
 * own: `begin`, `open`, a `render` for each rendition, `describe` if the placeholder is wanted, `close`.
 */
export type Order =
  | { order: 'begin' }
  | { order: 'open'; job: RenderJob }
  | { order: 'render'; index: number }
  | { order: 'describe' }
  | { order: 'close' };

/** An order or an answer as it is sent between processes. An answer carries the number of its order, which is never used twice. */
export interface Envelope<Content> {
  id: number;
  content: Content;
}

/** The reason not to begin the rendition of an index. */
interface Refusal {
  index: number;
  failure: RenderFailure;
}

export type Answer =
  | { kind: 'begun'; pid: number }
  /** `refused` lists the renditions that will not be made because they would take too much time or memory. */
  | { kind: 'opened'; refused: Refusal[] }
  | { kind: 'rendered'; result: Rendered }
  | { kind: 'described'; description: Description }
  | { kind: 'failed'; failure: RenderFailure }
  | { kind: 'closed' };

/** The exit code of a process that has found itself above its memory limit. */
export const MEMORY_EXIT_CODE = 66;

/** An answer with the milliseconds of processor time that the order took. */
export type TimedAnswer = Answer & { cpuMs: number };

const ANSWERS_TO: Record<Order['order'], Answer['kind'][]> = {
  begin: ['begun'],
  open: ['opened', 'failed'],
  render: ['rendered', 'failed'],
  describe: ['described', 'failed'],
  close: ['closed'],
};

/** The longest text of a failure that is taken over into a record, in UTF-16 units. */
const DETAIL_LENGTH = 1000;
/** The most bytes of a ThumbHash are 25, which are 36 characters of base64. */
const PLACEHOLDER = /^[A-Za-z0-9+/]{4,36}={0,2}$/;
const COLOUR = /^#[0-9a-f]{6}$/;
const MOST_PASSES = 2 * LIMITS.commandsPerRendition + 4;

/** Checks and copies the answer to an order. A process that decodes untrusted files may say anything, so a wrong answer throws. */
export function checkAnswer({ order }: Order, answer: unknown): TimedAnswer {
  const { kind: said, cpuMs } = fieldsOf(answer);
  const kind = said as Answer['kind'];
  if (!ANSWERS_TO[order].includes(kind)) throw new Error(`answers ${String(kind)} to ${order}`);
  return { ...READERS[kind](fieldsOf(answer)), cpuMs: time(cpuMs ?? 0, 'cpuMs') };
}

type Fields = Record<string, unknown>;

const READERS: { [Kind in Answer['kind']]: (answer: Fields) => Answer } = {
  begun: ({ pid }) => ({ kind: 'begun', pid: count(pid, 'pid') }),
  opened: ({ refused }) => {
    if (!Array.isArray(refused) || refused.length > LIMITS.renditionsPerRequest) throw new Error('gives no refusals');
    return { kind: 'opened', refused: refused.map((each) => readRefusal(fieldsOf(each))) };
  },
  rendered: ({ result }) => ({ kind: 'rendered', result: readRendered(fieldsOf(result)) }),
  described: ({ description }) => {
    const fields = fieldsOf(description);
    const { placeholder, dominantColor } = fields;
    const sides = fields.width !== undefined && {
      width: count(fields.width, 'width'),
      height: count(fields.height, 'height'),
    };
    const described = { placeholder: text(placeholder, PLACEHOLDER), dominantColor: text(dominantColor, COLOUR) };
    return { kind: 'described', description: { ...described, ...sides } };
  },
  failed: ({ failure }) => ({ kind: 'failed', failure: readFailure(fieldsOf(failure)) }),
  closed: () => ({ kind: 'closed' }),
};

function readFailure({ code, detail, retryable }: Fields): RenderFailure {
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) throw new Error(`fails with ${String(code)}`);
  const checked = { code: code as keyof typeof ERRORS, detail: String(detail).slice(0, DETAIL_LENGTH) };
  return { ...checked, retryable: retryable === true };
}

function readRefusal({ index, failure }: Fields): Refusal {
  if (!Number.isSafeInteger(index)) throw new Error(`refuses the index ${String(index)}`);
  return { index: Number(index), failure: readFailure(fieldsOf(failure)) };
}

function readRendered(fields: Fields): Rendered {
  const format = OUTPUT_FORMATS.find((each) => each === fields.format);
  if (!format) throw new Error(`has made a ${String(fields.format)}`);
  const { passesMs } = fields;
  if (!Array.isArray(passesMs) || passesMs.length > MOST_PASSES) throw new Error('gives no times of passes');
  const optional = (name: string) => fields[name] !== undefined && { [name]: count(fields[name], name) };
  return {
    format,
    width: count(fields.width, 'width'),
    height: count(fields.height, 'height'),
    ...optional('frames'),
    ...optional('quality'),
    ...readWarnings(fields.warnings),
    passesMs: passesMs.map((each) => time(each, 'passesMs')),
    encodeMs: time(fields.encodeMs, 'encodeMs'),
    isDecodeShared: fields.isDecodeShared === true,
    ...(fields.decodeMs !== undefined && { decodeMs: time(fields.decodeMs, 'decodeMs') }),
  };
}

function readWarnings(value: unknown): Pick<Rendered, 'warnings'> {
  if (value === undefined) return {};
  if (!Array.isArray(value) || value.length > MOST_WARNINGS) throw new Error('gives no warnings');
  const warnings = value.map((each) => {
    const { code, detail } = fieldsOf(each);
    if (typeof code !== 'string' || !Object.hasOwn(WARNINGS, code)) throw new Error(`warns of ${String(code)}`);
    return { code: code as WarningCode, detail: String(detail).slice(0, DETAIL_LENGTH) };
  });
  return { warnings };
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`gives ${String(value)} as ${name}`);
}

function time(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`gives ${String(value)} as ${name}`);
}

function text(value: unknown, pattern: RegExp): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new Error(`gives ${String(value).slice(0, 50)} as its placeholder`);
}
