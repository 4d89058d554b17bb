import { expect } from 'chai';
import {
  type PartPage,
  partListSchema,
  partListView,
  partPath,
  uploadLimits,
  uploadPath,
  uploadView,
  uploadViewSchema,
} from '../../../../shared/contracts/api/upload-view.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { UPLOAD_STATUSES, type UploadRecord } from '../../../../shared/domain/multipart-upload.ts';

const record: UploadRecord = {
  uploadId: '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11',
  imageId: '3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c',
  owner: 'somebody',
  status: 'open',
  storeUploadId: 'of the store',
  contentType: 'image/png',
  contentLength: 1000,
  checksumSha256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  metadata: { title: 'a' },
  renditions: [],
  partSize: 8_388_608,
  irregular: true,
  partsFingerprint: 'of a list',
  createdAt: '2026-01-02T03:04:05.678Z',
  validUntil: '2026-01-05T03:04:05.678Z',
};
const self = `/v1/uploads/${record.uploadId}`;

/** The links that a client gets for each status of an upload. */
const LINKS: Record<(typeof UPLOAD_STATUSES)[number], object> = {
  open: { self, parts: `${self}/parts`, partUrls: `${self}/part-urls`, complete: `${self}/complete` },
  completing: { self, complete: `${self}/complete` },
  completed: { self, image: `/v1/images/${record.imageId}` },
  rejected: { self },
  aborted: { self },
};

describe('the view of an upload', () => {
  it('has the declaration, the part size and the times, and no internal attributes', () => {
    expect(uploadView(record)).to.deep.equal({
      uploadId: record.uploadId,
      imageId: record.imageId,
      status: 'open',
      contentType: 'image/png',
      contentLength: 1000,
      checksumSha256: record.checksumSha256,
      metadata: { title: 'a' },
      partSize: 8_388_608,
      createdAt: record.createdAt,
      expiresAt: record.validUntil,
      links: LINKS.open,
    });
  });

  it('leaves out attributes that were not declared', () => {
    const { contentLength: _length, checksumSha256: _checksum, metadata: _metadata, ...bare } = record;
    expect(uploadView(bare)).to.not.have.any.keys('contentLength', 'checksumSha256', 'metadata', 'failure');
  });

  it('has the reason of a refusal', () => {
    const failure = { code: 'unsupported_image', detail: 'No image.' } as const;
    expect(uploadView({ ...record, status: 'rejected', failure })).to.deep.include({ status: 'rejected', failure });
  });

  for (const status of UPLOAD_STATUSES) {
    it(`has the links that are useful when the upload is ${status}, as documented`, () => {
      const view = uploadView({ ...record, status });
      expect(view.links).to.deep.equal(LINKS[status]);
      expect(uploadViewSchema.validate(view, { convert: false }).error).to.equal(undefined);
    });
  }
});

describe('the view of a page of parts', () => {
  const asked = { maxParts: 2, partNumberMarker: 3 };
  const parts = [4, 9].map((partNumber) => ({
    partNumber,
    eTag: `of ${partNumber}`,
    size: 10,
    lastModified: '2026-01-02T03:04:05.678Z',
  }));
  const pages: Record<string, PartPage> = {
    'that is not the last': { parts, isTruncated: true, nextPartNumberMarker: 9 },
    'that is the last': { parts, isTruncated: false },
    'that is empty': { parts: [], isTruncated: false },
  };
  for (const [name, page] of Object.entries(pages)) {
    it(`${name} has the stored parts and the parameters of the request, as documented`, () => {
      const view = partListView(record, asked, page);
      expect(view).to.deep.equal({
        uploadId: record.uploadId,
        imageId: record.imageId,
        partSize: record.partSize,
        contentLength: 1000,
        expiresAt: record.validUntil,
        ...asked,
        ...page,
      });
      expect(partListSchema.validate(view, { convert: false }).error).to.equal(undefined);
    });
  }
});

describe('the limits of uploads', () => {
  const at = (time: string) => Date.parse(time);

  it('are those of the API in general', () => {
    expect(uploadLimits()).to.deep.equal({
      'max-size': LIMITS.asyncUploadBytes,
      'min-size': 1,
      'max-append-size': LIMITS.maxPartBytes,
      'min-append-size': LIMITS.minPartBytes,
      'max-age': LIMITS.uploadSeconds,
    });
  });

  it('are narrower for one upload: its declared size, and its remaining time', () => {
    const limits = uploadLimits(record, at('2026-01-05T03:03:05.678Z'));
    expect(limits).to.include({ 'max-size': 1000, 'max-age': 60 });
  });

  it('have whole seconds, and 0 once the time is over', () => {
    expect(uploadLimits(record, at('2026-01-05T03:04:04.000Z'))['max-age']).to.equal(1);
    expect(uploadLimits(record, at('2027-01-01T00:00:00.000Z'))['max-age']).to.equal(0);
  });

  it('are those of the API if no length was declared', () => {
    const { validUntil } = record;
    expect(uploadLimits({ validUntil })['max-size']).to.equal(LIMITS.asyncUploadBytes);
  });
});

describe('the paths of an upload', () => {
  it('begin with its own path', () => {
    expect(uploadPath(record.uploadId)).to.equal(self);
    expect(partPath(record.uploadId, 10_000)).to.equal(`${self}/parts/10000`);
  });
});
