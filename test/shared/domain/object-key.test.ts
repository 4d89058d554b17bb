import { expect } from 'chai';
import type { Pipeline } from '../../../shared/domain/commands.ts';
import { fingerprintOf } from '../../../shared/domain/fingerprint.ts';
import { IMAGE_FORMATS, OUTPUT_FORMATS } from '../../../shared/domain/formats/image-format.ts';
import {
  KEY_PREFIXES,
  originalKey,
  PIPELINE_VERSION,
  renditionHash,
  renditionKey,
  renditionsPrefix,
} from '../../../shared/domain/object-key.ts';

const ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';
const OTHER_ID = '7c1d2f0e-6a5b-4c3d-9e8f-0a1b2c3d4e5f';
const CHECKSUM = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const IMAGE = { imageId: ID, checksumSha256: CHECKSUM };
const PIPELINE: Pipeline = {
  commands: [
    { operation: 'rotate', angle: 90, background: '#000000' },
    { operation: 'crop', left: 0, top: 1, width: 2, height: 3 },
  ],
  output: { format: 'webp', quality: 80 },
};

const [first, second] = PIPELINE.commands as [Pipeline['commands'][0], Pipeline['commands'][0]];
const OTHER_WORK: [name: string, checksum: string, pipeline: Pipeline][] = [
  ['another original', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', PIPELINE],
  ['another order of the commands', CHECKSUM, { ...PIPELINE, commands: [second, first] }],
  ['one command less', CHECKSUM, { ...PIPELINE, commands: [first] }],
  ['a command twice', CHECKSUM, { ...PIPELINE, commands: [first, second, second] }],
  ['no command', CHECKSUM, { ...PIPELINE, commands: [] }],
  ['another parameter', CHECKSUM, { ...PIPELINE, commands: [{ ...first, angle: 91 } as typeof first, second] }],
  ['another format', CHECKSUM, { ...PIPELINE, output: { format: 'avif', quality: 80 } }],
  ['another quality', CHECKSUM, { ...PIPELINE, output: { format: 'webp', quality: 81 } }],
  ['no quality', CHECKSUM, { ...PIPELINE, output: { format: 'webp' } }],
  ['a format that the content chooses', CHECKSUM, { ...PIPELINE, output: { format: 'auto', quality: 80 } }],
  ['one option more', CHECKSUM, { ...PIPELINE, output: { ...PIPELINE.output, effort: 6 } }],
  ['an option that is off', CHECKSUM, { ...PIPELINE, output: { ...PIPELINE.output, lossless: false } }],
  ['a bound on the bytes', CHECKSUM, { ...PIPELINE, output: { ...PIPELINE.output, maxBytes: 1000 } }],
  ['metadata that is kept', CHECKSUM, { ...PIPELINE, output: { ...PIPELINE.output, metadata: 'keep' } }],
];

describe('object key', () => {
  it('of an original is its prefix and the image id', () => {
    expect(originalKey(ID)).to.equal(`originals/${ID}`);
  });

  it('of a rendition is below its image, 128 bits in hex, with the extension of its format', () => {
    for (const format of OUTPUT_FORMATS) {
      const key = renditionKey(IMAGE, { ...PIPELINE, output: { format } }, format);
      expect(key).to.match(new RegExp(`^renditions/${ID}/[0-9a-f]{32}\\.${IMAGE_FORMATS[format].extension}$`));
    }
  });

  it('of a rendition has the extension of the format that auto became, and the same hash for each', () => {
    const auto: Pipeline = { ...PIPELINE, output: { format: 'auto' } };
    const keys = OUTPUT_FORMATS.map((format) => renditionKey(IMAGE, auto, format));
    const names = keys.map((key) => key.slice(0, key.lastIndexOf('.')));
    expect(keys.map((key) => key.slice(key.lastIndexOf('.') + 1))).to.deep.equal(
      OUTPUT_FORMATS.map((format) => IMAGE_FORMATS[format].extension),
    );
    expect(new Set(names)).to.have.property('size', 1);
    expect(new Set(keys)).to.have.property('size', OUTPUT_FORMATS.length);
  });

  it('of a rendition differs from that of the previous pipeline version', () => {
    const before = fingerprintOf({ checksumSha256: CHECKSUM, ...PIPELINE, version: PIPELINE_VERSION - 1 });
    const now = fingerprintOf({ checksumSha256: CHECKSUM, ...PIPELINE, version: PIPELINE_VERSION });
    expect(renditionHash(CHECKSUM, PIPELINE)).to.equal(now.slice(0, 32)).and.not.equal(before.slice(0, 32));
  });

  it('begins with the prefix that lifecycle rules and deletion use', () => {
    expect(originalKey(ID).startsWith(KEY_PREFIXES.originals)).to.equal(true);
    expect(renditionsPrefix(ID).startsWith(KEY_PREFIXES.renditions)).to.equal(true);
    expect(renditionKey(IMAGE, PIPELINE, 'webp').startsWith(renditionsPrefix(ID))).to.equal(true);
  });

  it('has a prefix that ends in a slash and is not the beginning of another', () => {
    for (const prefix of [...Object.values(KEY_PREFIXES), renditionsPrefix(ID)]) expect(prefix).to.match(/^[a-z].*\/$/);
    expect(KEY_PREFIXES.originals.startsWith(KEY_PREFIXES.renditions)).to.equal(false);
    expect(KEY_PREFIXES.renditions.startsWith(KEY_PREFIXES.originals)).to.equal(false);
    expect(renditionKey({ ...IMAGE, imageId: OTHER_ID }, PIPELINE, 'webp').startsWith(renditionsPrefix(ID))).to.equal(
      false,
    );
  });

  it('is the same for the same work, in whatever order its fields are', () => {
    const shuffled: Pipeline = {
      output: { quality: 80, format: 'webp' },
      commands: [
        { background: '#000000', angle: 90, operation: 'rotate' },
        { height: 3, width: 2, top: 1, left: 0, operation: 'crop' },
      ],
    };
    expect(renditionKey(IMAGE, shuffled, 'webp')).to.equal(renditionKey(IMAGE, structuredClone(PIPELINE), 'webp'));
  });

  it('does not depend on the name of the rendition', () => {
    const named = { name: 'thumb', ...PIPELINE };
    expect(renditionHash(CHECKSUM, named)).to.equal(renditionHash(CHECKSUM, PIPELINE));
  });

  for (const [name, checksum, pipeline] of OTHER_WORK) {
    it(`differs for ${name}`, () => {
      expect(renditionHash(checksum, pipeline)).to.not.equal(renditionHash(CHECKSUM, PIPELINE));
    });
  }
});
