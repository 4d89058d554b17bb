import { paddedTo, photograph } from '../images/photographs.ts';
import type { Choices } from './choices.ts';
import type { Exchange, Leaving } from './exchange.ts';
import type { CaseMaker, FuzzCase } from './fuzz-run.ts';
import { uploadImage } from './json-cases.ts';
import type { FuzzTarget } from './target.ts';
import type { OperationId } from './verdict.ts';

const jpeg = await photograph('jpeg', 300, 300);

/** More bytes than a connection buffers while nobody reads it. */
const LARGE = Buffer.concat([...paddedTo(jpeg, 3_000_000)]);

const HEADERS: [string, string][] = [
  ['range', 'bytes=0-9'],
  ['range', 'bytes=-1'],
  ['range', 'bytes=99999999-'],
  ['range', 'bytes=5-1,,x'],
  ['range', ''],
  ['if-none-match', '*'],
  ['if-none-match', '"x", W/"y"'],
  ['if-match', '"x"'],
  ['if-modified-since', 'never'],
  ['if-range', '"x"'],
  ['accept', 'image/avif;q=x, */*;q=0'],
  ['prefer', 'wait=1'],
  ['prefer', 'wait=-1, wait=x'],
  ['accept-encoding', 'gzip;q=0, br'],
  ['cookie', 'a=b; c'],
  ['x-request-id', 'a b'],
];

const waysToGo = ['close', 'reset', 'half-close'] as const;

/** The position in the answer at which a client leaves: before, in and after the head, and anywhere in the body. */
function leavingOf(choices: Choices): Leaving {
  if (choices.chance(0.4)) return { how: 'read' };
  const after = choices.of([0, 0, 1, 100, 500, 1500, choices.whole(1, 400_000)]);
  return { how: choices.of(waysToGo), after };
}

/** Downloads of everything by clients that send several requests at once, and leave. */
export async function downloadCases(target: FuzzTarget): Promise<CaseMaker> {
  const ids = [
    await uploadImage(target, jpeg),
    await uploadImage(target, LARGE),
    '00000000-0000-4000-8000-000000000000',
    'x',
  ];
  const paths: [OperationId, (choices: Choices) => string][] = [
    [
      'getOriginal',
      (choices) =>
        `/v1/images/${choices.of(ids)}/${choices.of(['original', 'original', '%6friginal'])}${choices.of(['', '', '?download', '?download=a%00b', '?x', '?expires=1&keyId=a&signature=%00'])}`,
    ],
    [
      'getRendition',
      (choices) => `/v1/images/${choices.of(ids)}/renditions/${choices.of(['thumb', 'thumb.avif', 'none', '%74humb'])}`,
    ],
    ['getFile', (choices) => `/v1/images/${choices.of(ids)}/files/${'0'.repeat(32)}.jpg`],
    ['getImage', (choices) => `/v1/images/${choices.of(ids)}`],
    [
      'listImages',
      (choices) =>
        `/v1/images${choices.of(['', '?limit=1', '?limit=x', '?cursor=AAAA', '?status=ready', '?limit=1&limit=2'])}`,
    ],
    ['getLimits', () => '/v1/limits'],
  ];

  function exchangeOf(pathOf: (choices: Choices) => string, choices: Choices): Exchange {
    const count = choices.chance(0.25) ? choices.whole(2, 6) : 1;
    const methods = Array.from({ length: count }, () => (choices.chance(0.15) ? 'HEAD' : 'GET'));
    const heads = methods.map((method, index) => {
      const headers = choices.chance(0.5) ? [choices.of(HEADERS)] : [];
      const closing: [string, string][] = index === count - 1 ? [['connection', 'close']] : [];
      const lines = [...headers, ...closing].map((header) => header.join(': '));
      return `${[`${method} ${pathOf(choices)} HTTP/1.1`, 'host: 127.0.0.1', ...lines].join('\r\n')}\r\n\r\n`;
    });
    const whole = Buffer.from(heads.join(''), 'latin1');
    if (!choices.chance(0.1)) return { bytes: whole, leaving: leavingOf(choices), methods };
    const leaving: Leaving = { how: choices.of(waysToGo), after: 0 };
    return { bytes: whole.subarray(0, choices.whole(1, whole.length - 1)), leaving, methods };
  }

  /** Events go on until their reader goes. */
  function eventsCase(choices: Choices): FuzzCase {
    const path = `/v1/images/${choices.of(ids)}/events`;
    const leaving: Leaving = { how: choices.of(['close', 'reset'] as const), after: choices.whole(0, 300) };
    const bytes = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
    return {
      about: path,
      service: 'download',
      operation: 'getEvents',
      exchanges: [{ bytes, leaving, methods: ['GET'] }],
    };
  }

  return (choices): FuzzCase => {
    if (choices.chance(0.1)) return eventsCase(choices);
    const [operation, pathOf] = choices.of(paths);
    const exchange = exchangeOf(pathOf, choices);
    const about = exchange.bytes.toString('latin1', 0, 300);
    return { about, service: 'download', operation, exchanges: [exchange] };
  };
}
