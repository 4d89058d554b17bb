import { expect } from 'chai';
import { parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import { PRESETS } from '../../../shared/contracts/api/presets.ts';
import { renditionsSchema } from '../../../shared/contracts/api/rendition-request.ts';
import { decodeMessage, encodeMessage, type ProcessingMessage } from '../../../shared/contracts/queue-message.ts';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { OUTPUT_OPTIONS } from '../../../shared/domain/output-options.ts';
import { everyCommand, examplesOf, OPERATIONS } from '../../support/worker/command-samples.ts';

const IMAGE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';
const FULL: RenditionRequest = {
  name: 'all',
  commands: [
    { operation: 'autoOrient' },
    { operation: 'crop', left: 1, top: 2, width: 3, height: 4 },
    { operation: 'sharpen', sigma: 0.000001, m1: 0.1, m2: 3 },
    {
      operation: 'watermark',
      imageId: IMAGE_ID,
      gravity: 'north',
      offsetX: 1,
      offsetY: 2,
      opacity: 0.3,
      scale: 0.25,
      tile: false,
      blend: 'soft-light',
    },
  ],
  output: { format: 'avif', quality: 1, effort: 0, maxBytes: 200, metadata: 'keep' },
};
const MESSAGE: ProcessingMessage = { imageId: IMAGE_ID, requestId: 'r-1', renditions: [FULL] };

/** SQS's limit for a message until 2025, in bytes; every account has at least this. */
const MESSAGE_BYTES = 256 * 1024;

const lengthOf = (value: object): number => JSON.stringify(value).length;

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
  ['with an option out of range', { renditions: [{ ...FULL, output: { format: 'webp', quality: 200 } }] }],
  ['with an option of another format', { renditions: [{ ...FULL, output: { format: 'gif', quality: 80 } }] }],
  ['with a parameter out of range', { renditions: [{ ...FULL, commands: [{ operation: 'blur', sigma: 0.1 }] }] }],
  ['with a command that breaks a rule', { renditions: [{ ...FULL, commands: [{ operation: 'extend' }] }] }],
  ['with an unknown field', { pixels: 'AAAA' }],
];

describe('queue message', () => {
  it('has no characters that SQS or its emulators refuse, and is decoded to the same value', () => {
    for (const text of ['© Jürgen', 'A😀B', 'A\uFFFEB', '日本', 'a\u2028b']) {
      const watermark = parsePipeline({ commands: [{ operation: 'watermarkText', text }] });
      const message = { ...MESSAGE, renditions: [{ name: 'text', ...watermark }] };
      const body = encodeMessage(message);
      expect(body).to.match(/^[\x20-\ud7ff\ue000-\ufffd]*$/);
      expect(decodeMessage(body)).to.deep.equal(message);
    }
  });

  it('is decoded to the same value', () => {
    expect(decodeMessage(encodeMessage(MESSAGE))).to.deep.equal(MESSAGE);
  });

  it('is decoded to the same value with every preset', () => {
    const renditions: RenditionRequest[] = renditionsSchema.validate([...PRESETS.keys()]).value;
    const message = { ...MESSAGE, renditions };
    expect(decodeMessage(encodeMessage(message))).to.deep.equal(message);
  });

  for (const operation of OPERATIONS) {
    it(`is decoded to the same value with ${operation}, its defaults filled in`, () => {
      const asked = examplesOf(operation).map((command, index) => ({ name: `r${index}`, commands: [command] }));
      const renditions: RenditionRequest[] = renditionsSchema.validate(asked).value;
      const message = { ...MESSAGE, renditions };
      expect(decodeMessage(encodeMessage(message))).to.deep.equal(message);
      const again = asked.map(({ commands: [command] }, index) => [renditions[index]?.commands[0], command]);
      for (const [decoded, given] of again) expect(decoded).to.deep.include(given);
    });
  }

  for (const [format, options] of Object.entries(OUTPUT_OPTIONS)) {
    it(`is decoded to the same value with every option of ${format}`, () => {
      const renditions = Object.entries(options).map(([option, range]) => {
        const output = { format, [option]: range === true ? false : range[0] } as unknown as RenditionRequest['output'];
        return { name: option, commands: [], output };
      });
      const message = { ...MESSAGE, renditions };
      expect(decodeMessage(encodeMessage(message))).to.deep.equal(message);
    });
  }

  for (const character of ['漢', '😀'])
    it(`fits into SQS for the largest request, with texts in ${character}`, () => {
      const longest = everyCommand().reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a));
      const text = character.repeat(LIMITS.watermarkTextLength / character.length);
      const figures = {
        offsetX: LIMITS.outputDimension,
        offsetY: LIMITS.outputDimension,
        opacity: 0.123_456,
        scale: 0.123_456,
      };
      const command = {
        ...longest,
        ...figures,
        gravity: 'northwest',
        blend: 'colour-dodge',
        angle: -123.123_456,
        text,
      };
      const asked = Array.from({ length: LIMITS.renditionsPerRequest }, (_, index) => ({
        name: String(index).padStart(64, 'x'),
        commands: Array(LIMITS.commandsPerRendition).fill(command),
        output: FULL.output,
      }));
      const { value, error } = renditionsSchema.validate(asked);
      expect(error).to.equal(undefined);
      const body = encodeMessage({ ...MESSAGE, requestId: 'r'.repeat(128), renditions: value });
      expect(Buffer.byteLength(body)).to.be.above(100_000).and.at.most(MESSAGE_BYTES);
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
