import { expect } from 'chai';
import { readSources } from './source-files.ts';

/** The functions of shared/storage that read records of images, whosever they are. */
const READERS = [
  ...['findImage', 'readImage', 'readStoredImage', 'readCreatedImage', 'readImageIfValid', 'readImageItems'],
  ...['imageFromItems', 'listImageRecords', 'readPendingImages', 'queryItems'],
];

/** The only places of the API's services that call them, and why nobody sees by them what is not his. */
const PLACES: Record<string, { readers: string[]; because: string }> = {
  'download/create-link.ts': { readers: ['findImage'], because: 'checkImageAccess decides' },
  'download/get-events.ts': { readers: ['findImage'], because: 'checkImageAccess decides' },
  'download/get-file.ts': { readers: ['findImage'], because: 'checkImageAccess decides' },
  'download/get-image.ts': { readers: ['findImage'], because: 'checkImageAccess decides' },
  'download/get-original.ts': { readers: ['findImage'], because: 'checkImageAccess decides' },
  'download/image-cache.ts': { readers: ['findImage'], because: 'its readers decide by checkImageAccess' },
  'download/list-images.ts': {
    readers: ['listImageRecords', 'readImageIfValid'],
    because: 'it lists the images of the caller, and reads those',
  },
  'download/image-poller.ts': { readers: ['readStoredImage'], because: 'each watcher was let in before' },
  'download/prefer-wait.ts': { readers: ['readStoredImage'], because: 'who waits has been let in, and is asked again' },
  'download/rendition-requests.ts': { readers: ['readStoredImage'], because: 'who asks has been let in' },
  'sync-upload/decide-moderation.ts': {
    readers: ['readStoredImage'],
    because: 'whoever decides has the scope admin, or signed URLs of just this image, and is shown nothing of it',
  },
  'sync-upload/erasure-pass.ts': {
    readers: ['readImageIfValid'],
    because: 'the id comes from an upload of the owner who is erased, and nobody is shown what is read',
  },
  'sync-upload/image-access.ts': { readers: ['findImage'], because: 'it decides' },
  'sync-upload/list-pending-images.ts': {
    readers: ['readPendingImages'],
    because: 'whoever lists has the scope admin, and is shown what the webhook is told',
  },
  'sync-upload/upload-image.ts': {
    readers: ['readImage', 'readCreatedImage'],
    because: 'the id comes from the caller’s own Idempotency-Key or upload token',
  },
  'async-upload/abort-upload.ts': { readers: ['readImage'], because: 'the id comes from the caller’s own upload' },
  'async-upload/assemble-image.ts': { readers: ['readImage'], because: 'the id comes from the caller’s own upload' },
  'async-upload/complete-upload.ts': {
    readers: ['readCreatedImage'],
    because: 'the id comes from the caller’s own upload',
  },
  'async-upload/create-upload.ts': {
    readers: ['readImage'],
    because: 'the id comes from the caller’s own upload token',
  },
  'async-upload/upload-access.ts': {
    readers: ['readCreatedImage'],
    because: 'the id comes from the caller’s own upload',
  },
};

const FOLDERS = ['download', 'sync-upload', 'async-upload'].map((service) => `containers/${service}`);

const readersIn = (text: string): string[] => READERS.filter((name) => new RegExp(`\\b${name}\\(`).test(text));

describe('Records of images', () => {
  const sources = readSources(...FOLDERS);

  it('are read by the API only where it is decided who may see them', () => {
    const found = Object.fromEntries(
      sources.flatMap(({ path, text }) => {
        const readers = readersIn(text);
        return readers.length > 0 ? [[path.replace('containers/', ''), readers.sort()]] : [];
      }),
    );
    const expected = Object.entries(PLACES).map(([path, { readers }]) => [path, readers.toSorted()]);
    expect(found, 'a file that is missing in PLACES reads what may be somebody else’s').to.deep.equal(
      Object.fromEntries(expected),
    );
  });

  it('are handed out under no other name', () => {
    for (const { path, text } of sources) {
      for (const name of READERS) expect(text, path).to.not.match(new RegExp(`\\b${name} as \\w`));
    }
  });
});
