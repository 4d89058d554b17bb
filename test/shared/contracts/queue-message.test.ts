import { expect } from 'chai';
import { PRESETS } from '../../../shared/contracts/presets.ts';
import { decodeMessage, encodeMessage, type ProcessingMessage } from '../../../shared/contracts/queue-message.ts';
import { renditionsSchema } from '../../../shared/contracts/rendition-request.ts';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';

const IMAGE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';
const FULL: RenditionRequest = {
  name: 'all',
  commands: [
    { operation: 'autoOrient' },
    { operation: 'crop', left: 1, top: 2, width: 3, height: 4 },
    { operation: 'sharpen', sigma: 0.000001, m1: 0.1, m2: 3 },
    { operation: 'watermark', imageId: IMAGE_ID, gravity: 'north', opacity: 0.3, scale: 0.25 },
  ],
  output: { format: 'avif', quality: 1 },
};
const MESSAGE: ProcessingMessage = { imageId: IMAGE_ID, requestId: 'r-1', renditions: [FULL] };

/** SQS's limit for a message until 2025, in bytes; every account has at least this. */
const MESSAGE_BYTES = 256 * 1024;

const JUNK: [name: string, body: string][] = [
  ['nothing', ''],
  ['text', 'hello'],
  ['cut JSON', encodeMessage(MESSAGE).slice(0, -1)],
  ['null', 'null'],
  ['a number', '1'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['another system’s message', '{"Records":[{"eventName":"ObjectCreated:Put"}]}'],
];

const REFUSED: [name: string, change: object][] = [
  ['without image id', { imageId: undefined }],
  ['with a path for an image id', { imageId: '../etc' }],
  ['without request id', { requestId: undefined }],
  ['with an empty request id', { requestId: '' }],
  ['without renditions', { renditions: undefined }],
  ['with no rendition', { renditions: [] }],
  ['with a preset’s name only', { renditions: ['thumb'] }],
  ['with an unknown operation', { renditions: [{ ...FULL, commands: [{ operation: 'explode' }] }] }],
  ['with a parameter out of range', { renditions: [{ ...FULL, output: { format: 'webp', quality: 200 } }] }],
  ['with a field of nobody', { pixels: 'AAAA' }],
];

describe('queue message', () => {
  it('comes out as it went in', () => {
    expect(decodeMessage(encodeMessage(MESSAGE))).to.deep.equal(MESSAGE);
  });

  it('comes out as it went in with every preset', () => {
    const renditions: RenditionRequest[] = renditionsSchema.validate([...PRESETS.keys()]).value;
    const message = { ...MESSAGE, renditions };
    expect(decodeMessage(encodeMessage(message))).to.deep.equal(message);
  });

  it('of the largest request fits into SQS', () => {
    const command = FULL.commands[3] as RenditionRequest['commands'][0];
    const largest = Array.from({ length: LIMITS.renditionsPerRequest }, (_, index) => ({
      ...FULL,
      name: String(index).padStart(64, 'x'),
      commands: Array(LIMITS.commandsPerRendition).fill(command),
    }));
    const body = encodeMessage({ ...MESSAGE, requestId: 'r'.repeat(128), renditions: largest });
    expect(Buffer.byteLength(body)).to.be.at.most(MESSAGE_BYTES);
  });

  for (const [name, body] of JUNK) {
    it(`is not ${name}`, () => {
      expect(() => decodeMessage(body)).to.throw();
    });
  }

  for (const [name, change] of REFUSED) {
    it(`is refused ${name}`, () => {
      expect(() => decodeMessage(JSON.stringify({ ...MESSAGE, ...change }))).to.throw();
    });
  }
});
