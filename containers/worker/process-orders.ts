import { ERRORS } from '../../shared/domain/errors.ts';
import { OUTPUT_FORMATS } from '../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { MOST_WARNINGS, WARNINGS, type WarningCode } from '../../shared/domain/warnings.ts';
import type { Description } from './pipeline/placeholder.ts';
import type { Rendered, RenderFailure, RenderJob } from './pipeline/render.ts';

/**
 * What an image process is told to do. It does one thing at a time and gives one answer to each, so that whoever gives the order can
 * hold it to a time of its own: `begin`, `open`, a `render` for each rendition, `describe` where the placeholder is wanted, `close`.
 */
export type Order =
  | { order: 'begin' }
  | { order: 'open'; job: RenderJob }
  | { order: 'render'; place: number }
  | { order: 'describe' }
  | { order: 'close' };

/** Orders and answers as they go between processes: an answer carries the number of its order, which is another each time. */
export interface Numbered<Content> {
  id: number;
  content: Content;
}

/** Why a rendition is not begun, by its place in the job. */
export interface Refusal {
  place: number;
  failure: RenderFailure;
}

export type Answer =
  | { kind: 'begun'; pid: number }
  /** With the renditions that will not be made, because there is no time or no memory for them. */
  | { kind: 'opened'; refused: Refusal[] }
  | { kind: 'rendered'; result: Rendered }
  | { kind: 'described'; description: Description }
  | { kind: 'failed'; failure: RenderFailure }
  | { kind: 'closed' };

/** With which a process ends that has seen itself above its memory limit. */
export const MEMORY_EXIT_CODE = 66;

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

/** The answer to an order as far as it is one. A process that decodes what strangers send may say anything: throws what is wrong with it. */
export function checkAnswer({ order }: Order, answer: unknown): Answer {
  const kind = fieldsOf(answer).kind as Answer['kind'];
  if (!ANSWERS_TO[order].includes(kind)) throw new Error(`answers ${String(kind)} to ${order}`);
  return READERS[kind](fieldsOf(answer));
}

type Fields = Record<string, unknown>;

const READERS: { [Kind in Answer['kind']]: (answer: Fields) => Answer } = {
  begun: ({ pid }) => ({ kind: 'begun', pid: count(pid, 'pid') }),
  opened: ({ refused }) => {
    if (!Array.isArray(refused) || refused.length > LIMITS.renditionsPerRequest) throw new Error('tells no refusals');
    return { kind: 'opened', refused: refused.map((each) => readRefusal(fieldsOf(each))) };
  },
  rendered: ({ result }) => ({ kind: 'rendered', result: readRendered(fieldsOf(result)) }),
  described: ({ description }) => {
    const told = fieldsOf(description);
    const { placeholder, dominantColor } = told;
    const sides = told.width !== undefined && {
      width: count(told.width, 'width'),
      height: count(told.height, 'height'),
    };
    const described = { placeholder: text(placeholder, PLACEHOLDER), dominantColor: text(dominantColor, COLOUR) };
    return { kind: 'described', description: { ...described, ...sides } };
  },
  failed: ({ failure }) => ({ kind: 'failed', failure: readFailure(fieldsOf(failure)) }),
  closed: () => ({ kind: 'closed' }),
};

function readFailure({ code, detail, retryable }: Fields): RenderFailure {
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) throw new Error(`fails with ${String(code)}`);
  const told = { code: code as keyof typeof ERRORS, detail: String(detail).slice(0, DETAIL_LENGTH) };
  return { ...told, retryable: retryable === true };
}

function readRefusal({ place, failure }: Fields): Refusal {
  if (!Number.isSafeInteger(place)) throw new Error(`refuses the place ${String(place)}`);
  return { place: Number(place), failure: readFailure(fieldsOf(failure)) };
}

function readRendered(told: Fields): Rendered {
  const format = OUTPUT_FORMATS.find((each) => each === told.format);
  if (!format) throw new Error(`has made a ${String(told.format)}`);
  const { passesMs } = told;
  if (!Array.isArray(passesMs) || passesMs.length > MOST_PASSES) throw new Error('tells no times of passes');
  const optional = (name: string) => told[name] !== undefined && { [name]: count(told[name], name) };
  return {
    format,
    width: count(told.width, 'width'),
    height: count(told.height, 'height'),
    ...optional('frames'),
    ...optional('quality'),
    ...readWarnings(told.warnings),
    passesMs: passesMs.map((each) => time(each, 'passesMs')),
    encodeMs: time(told.encodeMs, 'encodeMs'),
    isDecodeShared: told.isDecodeShared === true,
    ...(told.decodeMs !== undefined && { decodeMs: time(told.decodeMs, 'decodeMs') }),
  };
}

function readWarnings(told: unknown): Pick<Rendered, 'warnings'> {
  if (told === undefined) return {};
  if (!Array.isArray(told) || told.length > MOST_WARNINGS) throw new Error('tells no warnings');
  const warnings = told.map((each) => {
    const { code, detail } = fieldsOf(each);
    if (typeof code !== 'string' || !Object.hasOwn(WARNINGS, code)) throw new Error(`warns of ${String(code)}`);
    return { code: code as WarningCode, detail: String(detail).slice(0, DETAIL_LENGTH) };
  });
  return { warnings };
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`tells ${String(value)} as ${name}`);
}

function time(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`tells ${String(value)} as ${name}`);
}

function text(value: unknown, pattern: RegExp): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new Error(`tells ${String(value).slice(0, 50)} as its placeholder`);
}
