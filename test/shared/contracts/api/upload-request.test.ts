import { expect } from 'chai';
import type Joi from 'joi';
import { PRESETS } from '../../../../shared/contracts/api/presets.ts';
import {
  completeBodySchema,
  partNumberSchema,
  partUrlsBodySchema,
  UPLOAD_ID_PATTERN,
  uploadDeclarationSchema,
} from '../../../../shared/contracts/api/upload-request.ts';
import { UNDECLARED_MEDIA_TYPE, UNDECLARED_MEDIA_TYPES } from '../../../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';

const validate = (schema: Joi.Schema, value: unknown) => {
  const { error, value: parsed } = schema.validate(value, { abortEarly: false });
  return { parsed, refused: [...new Set((error?.details ?? []).map(({ path }) => path.join('.')))] };
};

const MD5 = 'JfnnlDI7RThiF9RhfxtNCw==';
const SHA256 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const part = { partNumber: 1, eTag: 'a' };
const asked = { partNumber: 1, contentLength: 1 };
const declared = { contentType: 'image/png' };
const list = <Item>(length: number, item: Item): Item[] => Array.from({ length }, () => item);

describe('a declaration of an upload', () => {
  const accepted: Record<string, [given: object, parsed?: object]> = {
    'a type alone, which asks for no renditions': [declared, { ...declared, renditions: [] }],
    ...Object.fromEntries(
      [undefined, ...UNDECLARED_MEDIA_TYPES, 'Image/*'].map((contentType) => [
        `a type that says nothing, ${contentType}`,
        [{ contentType }, { contentType: UNDECLARED_MEDIA_TYPE, renditions: [] }],
      ]),
    ),
    'a list of renditions that nobody has filled': [
      { ...declared, renditions: [] },
      { ...declared, renditions: [] },
    ],
    'a type in capitals': [{ contentType: 'IMAGE/PNG' }, { ...declared, renditions: [] }],
    'everything at once': [
      {
        ...declared,
        contentLength: 1,
        checksumSha256: SHA256,
        metadata: { a: '' },
        renditions: ['thumb'],
      },
      {
        ...declared,
        contentLength: 1,
        checksumSha256: SHA256,
        metadata: { a: '' },
        renditions: [{ name: 'thumb', ...PRESETS.get('thumb') }],
      },
    ],
    'a length above the limit, which is another problem': [
      { ...declared, contentLength: LIMITS.asyncUploadBytes + 1 },
      { ...declared, contentLength: LIMITS.asyncUploadBytes + 1, renditions: [] },
    ],
    'metadata of 2 KiB': [
      { ...declared, metadata: { a: 'x'.repeat(LIMITS.metadataBytes - 1) } },
      { ...declared, metadata: { a: 'x'.repeat(LIMITS.metadataBytes - 1) }, renditions: [] },
    ],
    'no metadata in metadata': [
      { ...declared, metadata: {} },
      { ...declared, metadata: {}, renditions: [] },
    ],
    'the longest name in metadata': [
      { ...declared, metadata: { ['n'.repeat(128)]: 'v' } },
      { ...declared, metadata: { ['n'.repeat(128)]: 'v' }, renditions: [] },
    ],
  };
  for (const [name, [given, parsed]] of Object.entries(accepted)) {
    it(`may have ${name}`, () => {
      expect(validate(uploadDeclarationSchema, given)).to.deep.equal({ parsed, refused: [] });
    });
  }

  const refused: Record<string, [given: unknown, ...paths: string[]]> = {
    nothing: [undefined, ''],
    'a type with space around it': [{ contentType: ' image/png ' }, 'contentType'],
    'a type of no image': [{ contentType: 'application/json' }, 'contentType'],
    'a length of nothing': [{ ...declared, contentLength: 0 }, 'contentLength'],
    'a length as text': [{ ...declared, contentLength: '1' }, 'contentLength'],
    'a length that is not finite': [{ ...declared, contentLength: Number.POSITIVE_INFINITY }, 'contentLength'],
    'a checksum of another length': [{ ...declared, checksumSha256: MD5 }, 'checksumSha256'],
    'a checksum in the alphabet of URLs': [{ ...declared, checksumSha256: SHA256.replace('+', '-') }, 'checksumSha256'],
    'metadata of 2 KiB and a byte': [{ ...declared, metadata: { a: 'x'.repeat(LIMITS.metadataBytes) } }, 'metadata'],
    'names of 2 KiB and a byte': [
      {
        ...declared,
        metadata: Object.fromEntries(list(17, 'n').map((n, index) => [`${n.repeat(121)}${100 + index}`, ''])),
      },
      'metadata',
    ],
    'a name with a line end': [{ ...declared, metadata: { 'a\n': '' } }, 'metadata.a\n'],
    'a name with a colon': [{ ...declared, metadata: { 'a:b': '' } }, 'metadata.a:b'],
    'values that are no text': [
      { ...declared, metadata: { a: 1, b: true, c: null } },
      'metadata.a',
      'metadata.b',
      'metadata.c',
    ],
    'a rendition that is none': [{ ...declared, renditions: ['thumb', 'none'] }, 'renditions.1'],
    'more renditions than a request may have': [
      { ...declared, renditions: list(LIMITS.renditionsPerRequest + 1, 0).map((_, index) => ({ name: `r${index}` })) },
      'renditions',
    ],
    'what is the service’s own': [{ ...declared, owner: 'a', imageId: 'b' }, 'owner', 'imageId'],
  };
  for (const [name, [given, ...paths]] of Object.entries(refused)) {
    it(`may not have ${name}`, () => {
      expect(validate(uploadDeclarationSchema, given).refused).to.have.members(paths);
    });
  }
});

describe('a part number in a path', () => {
  for (const [written, number] of [
    ['1', 1],
    ['10000', 10_000],
    ['777', 777],
  ] as const) {
    it(`is ${written}`, () => {
      expect(validate(partNumberSchema, written)).to.deep.equal({ parsed: number, refused: [] });
    });
  }

  for (const written of ['0', '-1', '10001', '1.0', '1.5', '01', '+1', ' 1', '1 ', '1e3', '0x1', '', 'a', '१', 'NaN']) {
    it(`is not ${JSON.stringify(written)}`, () => {
      expect(validate(partNumberSchema, written).refused).to.deep.equal(['']);
    });
  }
});

describe('the list of parts to complete an upload', () => {
  it('loses the quotes of its eTags', () => {
    const eTags = ['"a"', 'a', '"a', 'a"', '""a""', '"a-3"'];
    const { parsed, refused } = validate(completeBodySchema, { parts: eTags.map((eTag) => ({ ...part, eTag })) });
    expect(refused).to.deep.equal([]);
    expect(parsed.parts.map(({ eTag }: { eTag: string }) => eTag)).to.deep.equal(['a', 'a', '"a', 'a"', '"a"', 'a-3']);
  });

  it('may have the other fields of responses, which are ignored', () => {
    const answered = { ...part, size: 5, lastModified: new Date().toISOString() };
    expect(validate(completeBodySchema, { parts: [answered] })).to.deep.equal({
      parsed: { parts: [part] },
      refused: [],
    });
  });

  it('may be long, and in any order according to the schema', () => {
    const parts = list(LIMITS.partsPerUpload, part);
    expect(validate(completeBodySchema, { parts }).refused).to.deep.equal([]);
  });

  const refused: Record<string, [given: unknown, ...paths: string[]]> = {
    nothing: [undefined, ''],
    'a list outside an object': [[part], ''],
    'no parts': [{ parts: [] }, 'parts'],
    'one part too many': [{ parts: list(LIMITS.partsPerUpload + 1, part) }, 'parts'],
    'a part that is null': [{ parts: [part, null] }, 'parts.1'],
    'a hole in the list': [{ parts: [undefined] }, 'parts.0'],
    'a part number as text': [{ parts: [{ ...part, partNumber: '1' }] }, 'parts.0.partNumber'],
    'eTags that are empty': [
      {
        parts: [
          { ...part, eTag: '' },
          { ...part, eTag: '""' },
        ],
      },
      'parts.0.eTag',
      'parts.1.eTag',
    ],
    'what no answer has': [
      { parts: [{ ...part, size: 'large', lastModified: 'today', contentLength: 1 }] },
      'parts.0.size',
      'parts.0.lastModified',
      'parts.0.contentLength',
    ],
    'what of an answer is not so': [
      { parts: [part], uploadId: 'a', isTruncated: 'false', partNumberMarker: '0', expiresAt: 'soon', maxParts: -1 },
      'uploadId',
      'isTruncated',
      'partNumberMarker',
      'expiresAt',
      'maxParts',
    ],
    'S3’s own spelling': [
      { parts: [{ PartNumber: 1, ETag: 'a' }] },
      'parts.0.partNumber',
      'parts.0.eTag',
      'parts.0.PartNumber',
      'parts.0.ETag',
    ],
  };
  for (const [name, [given, ...paths]] of Object.entries(refused)) {
    it(`may not have ${name}`, () => {
      expect(validate(completeBodySchema, given).refused).to.have.members(paths);
    });
  }
});

describe('a request for part URLs', () => {
  it('asks for a quarter of an hour by default', () => {
    expect(validate(partUrlsBodySchema, { parts: [asked] })).to.deep.equal({
      parsed: { parts: [asked], expiresIn: 900 },
      refused: [],
    });
  });

  it('may be for the largest parts, with their digests, for an hour', () => {
    const parts = list(LIMITS.partsPerPage, { partNumber: 1, contentLength: LIMITS.maxPartBytes, contentMd5: MD5 });
    const given = { parts, expiresIn: LIMITS.partUrlSeconds };
    expect(validate(partUrlsBodySchema, given)).to.deep.equal({ parsed: given, refused: [] });
  });

  const refused: Record<string, [given: unknown, ...paths: string[]]> = {
    nothing: [undefined, ''],
    'no parts': [{ parts: [] }, 'parts'],
    'one part too many': [{ parts: list(LIMITS.partsPerPage + 1, asked) }, 'parts'],
    'a part without its length': [{ parts: [{ partNumber: 1 }] }, 'parts.0.contentLength'],
    'a part larger than any may be': [
      { parts: [{ ...asked, contentLength: LIMITS.maxPartBytes + 1 }] },
      'parts.0.contentLength',
    ],
    'lengths and numbers as text': [
      { parts: [{ partNumber: '1', contentLength: '1' }], expiresIn: '1' },
      'parts.0.partNumber',
      'parts.0.contentLength',
      'expiresIn',
    ],
    'another digest for its MD5': [{ parts: [{ ...asked, contentMd5: SHA256 }] }, 'parts.0.contentMd5'],
    'more time than an hour': [{ parts: [asked], expiresIn: LIMITS.partUrlSeconds + 1 }, 'expiresIn'],
    'no time': [{ parts: [asked], expiresIn: 0 }, 'expiresIn'],
  };
  for (const [name, [given, ...paths]] of Object.entries(refused)) {
    it(`may not have ${name}`, () => {
      expect(validate(partUrlsBodySchema, given).refused).to.have.members(paths);
    });
  }
});

describe('the id of an upload', () => {
  it('is a random UUID in lower case', () => {
    expect('3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c').to.match(UPLOAD_ID_PATTERN);
    for (const id of ['3F2B8C1E-5D4A-4F6B-8A7C-9D0E1F2A3B4C', '3f2b8c1e-5d4a-1f6b-8a7c-9d0e1f2a3b4c', '1', '']) {
      expect(id).to.not.match(UPLOAD_ID_PATTERN);
    }
  });
});
