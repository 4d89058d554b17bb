import { Readable } from 'node:stream';
import { expect } from 'chai';
import { HEADER_BYTES, LIMITS } from '../../../shared/domain/limits.ts';
import { inspectImage } from '../../../shared/uploads/inspect-image.ts';
import { long, OTHER_RAW_FILES, PLAIN_TIFFS, RAW_TIFFS } from '../../support/images/raw-files.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { render } from '../../support/worker/rendition-run.ts';

/** In pieces, as from a socket: what is looked at is what has come by then. */
const inspect = async (bytes: Buffer): Promise<string> => {
  const pieces = [bytes.subarray(0, HEADER_BYTES), bytes.subarray(HEADER_BYTES)].filter(({ length }) => length > 0);
  const image = { body: Readable.from(pieces), declaredType: undefined };
  const { contentType, body } = await inspectImage(image, { maxInputPixels: LIMITS.inputPixels });
  body.destroy();
  return contentType;
};

async function expectRefused(work: Promise<unknown>, kind: string): Promise<void> {
  const error = await rejectionOf(work);
  expect(error, kind).to.have.property('code', 'unsupported_image');
  expect((error as Error).message)
    .to.include(`a raw file of a camera (${kind})`)
    .include('Export it as JPEG, TIFF or PNG');
}

/** The same file with its first directory behind what is looked at when it is uploaded. */
function lateDirectory(tiff: Buffer): Buffer {
  const at = tiff.readUInt32LE(4);
  const end = at + 2 + 12 * tiff.readUInt16LE(at) + 4;
  const late = Buffer.concat([tiff, Buffer.alloc(HEADER_BYTES), tiff.subarray(at, end)]);
  late.writeUInt32LE(tiff.length + HEADER_BYTES, 4);
  return late;
}

describe('refuseRawFile', () => {
  for (const [kind, make] of Object.entries(RAW_TIFFS))
    it(`refuses a raw file that begins as a TIFF, and says what to do: ${kind}`, async () => {
      const file = await make();
      await expectRefused(inspect(file), kind);
      await expectRefused(render(lateDirectory(file)), kind);
    });

  for (const [kind, file] of Object.entries(OTHER_RAW_FILES))
    it(`refuses a raw file: ${kind}`, () => expectRefused(inspect(file), kind));

  it('refuses in the worker a raw file whose directories come too late for the upload', async () => {
    const late = lateDirectory((await RAW_TIFFS.DNG?.()) as Buffer);
    expect(await inspect(late)).to.equal('image/tiff');
    await expectRefused(render(late), 'DNG');
  });

  it('accepts a TIFF that has something of a raw file', async () => {
    for (const [what, make] of Object.entries(PLAIN_TIFFS)) {
      const file = await make();
      expect(await inspect(file), what).to.equal('image/tiff');
      expect((await render(file)).width, what).to.be.above(0);
    }
  });

  it('searches for a bounded time, however directories point to each other', async () => {
    const directory = Buffer.alloc(2 + 12 * 8000 + 4);
    directory.writeUInt16LE(8000, 0);
    const { tag, type, count } = long(330, 0);
    for (let entry = 0; entry < 8000; entry += 1) {
      const at = 2 + 12 * entry;
      directory.writeUInt16LE(tag, at);
      directory.writeUInt16LE(type, at + 2);
      directory.writeUInt32LE(count, at + 4);
      directory.writeUInt32LE(8 + 12 * entry, at + 8);
    }
    const file = Buffer.concat([Buffer.from('49492a0008000000', 'hex'), directory]);
    const begun = process.cpuUsage();
    expect(await inspect(file)).to.equal('image/tiff');
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1e6, 'seconds of the processor').to.be.below(0.5);
  });
});
