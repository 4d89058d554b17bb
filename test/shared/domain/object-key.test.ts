import { expect } from 'chai';
import type { Pipeline } from '../../../shared/domain/commands.ts';
import { IMAGE_FORMATS, OUTPUT_FORMATS } from '../../../shared/domain/image-format.ts';
import {
  KEY_PREFIXES,
  originalKey,
  renditionHash,
  renditionKey,
  renditionsPrefix,
} from '../../../shared/domain/object-key.ts';

const ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';
const OTHER_ID = '7c1d2f0e-6a5b-4c3d-9e8f-0a1b2c3d4e5f';
const CHECKSUM = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
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
  ['a command less', CHECKSUM, { ...PIPELINE, commands: [first] }],
  ['a command twice', CHECKSUM, { ...PIPELINE, commands: [first, second, second] }],
  ['no command', CHECKSUM, { ...PIPELINE, commands: [] }],
  ['another parameter', CHECKSUM, { ...PIPELINE, commands: [{ ...first, angle: 91 } as typeof first, second] }],
  ['another format', CHECKSUM, { ...PIPELINE, output: { format: 'avif', quality: 80 } }],
  ['another quality', CHECKSUM, { ...PIPELINE, output: { format: 'webp', quality: 81 } }],
  ['no quality', CHECKSUM, { ...PIPELINE, output: { format: 'webp' } }],
];

describe('object key', () => {
  it('of an original is its prefix and the image id', () => {
    expect(originalKey(ID)).to.equal(`originals/${ID}`);
  });

  it('of a rendition is below its image, 128 bits in hex, with the extension of its format', () => {
    for (const format of OUTPUT_FORMATS) {
      const key = renditionKey(ID, CHECKSUM, { ...PIPELINE, output: { format } });
      expect(key).to.match(new RegExp(`^renditions/${ID}/[0-9a-f]{32}\\.${IMAGE_FORMATS[format].extension}$`));
    }
  });

  it('begins with the prefix that lifecycle rules and deletion use', () => {
    expect(originalKey(ID).startsWith(KEY_PREFIXES.originals)).to.equal(true);
    expect(renditionsPrefix(ID).startsWith(KEY_PREFIXES.renditions)).to.equal(true);
    expect(renditionKey(ID, CHECKSUM, PIPELINE).startsWith(renditionsPrefix(ID))).to.equal(true);
  });

  it('has a prefix that ends in a slash and is not the beginning of another', () => {
    for (const prefix of [...Object.values(KEY_PREFIXES), renditionsPrefix(ID)]) expect(prefix).to.match(/^[a-z].*\/$/);
    expect(KEY_PREFIXES.originals.startsWith(KEY_PREFIXES.renditions)).to.equal(false);
    expect(KEY_PREFIXES.renditions.startsWith(KEY_PREFIXES.originals)).to.equal(false);
    expect(renditionKey(OTHER_ID, CHECKSUM, PIPELINE).startsWith(renditionsPrefix(ID))).to.equal(false);
  });

  it('is the same for the same work, however its fields are ordered', () => {
    const shuffled: Pipeline = {
      output: { quality: 80, format: 'webp' },
      commands: [
        { background: '#000000', angle: 90, operation: 'rotate' },
        { height: 3, width: 2, top: 1, left: 0, operation: 'crop' },
      ],
    };
    expect(renditionKey(ID, CHECKSUM, shuffled)).to.equal(renditionKey(ID, CHECKSUM, structuredClone(PIPELINE)));
  });

  it('does not depend on the rendition being named', () => {
    const named = { name: 'thumb', ...PIPELINE };
    expect(renditionHash(CHECKSUM, named)).to.equal(renditionHash(CHECKSUM, PIPELINE));
  });

  for (const [name, checksum, pipeline] of OTHER_WORK) {
    it(`is another for ${name}`, () => {
      expect(renditionHash(checksum, pipeline)).to.not.equal(renditionHash(CHECKSUM, PIPELINE));
    });
  }
});
