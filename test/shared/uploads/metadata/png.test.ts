import { expect } from 'chai';
import sharp from 'sharp';
import { removerOf } from '../../../../shared/uploads/metadata/passing-bytes.ts';
import { walkPng } from '../../../../shared/uploads/metadata/png.ts';
import { pngWith } from '../../../support/images/exif-bytes.ts';
import { MARK } from '../../../support/images/personal-metadata.ts';
import { removeFrom } from '../../../support/images/removed-metadata.ts';
import { mostMemoryMore } from '../../../support/memory.ts';
import { rejectionOf } from '../../../support/rejection.ts';

const MIB = 1024 * 1024;
const plain = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a63' } })
  .png()
  .toBuffer();

/** With one byte of the data of a chunk changed. */
const changed = (png: Buffer, type: string): Buffer => {
  const at = png.indexOf(type) + 4;
  return Buffer.concat([png.subarray(0, at), Buffer.from([(png[at] ?? 0) ^ 1]), png.subarray(at + 1)]);
};

const REFUSED: Record<string, [file: Buffer, reason: string]> = {
  'of whose chunks one that stays has a wrong checksum': [changed(plain, 'IDAT'), 'wrong checksum'],
  'with a chunk that decoders need and nobody knows': [pngWith(plain, ['SECR', Buffer.from(MARK)]), 'SECR'],
  'without its last chunk': [plain.subarray(0, -12), 'ends before'],
  'that is cut within a chunk': [plain.subarray(0, 60), 'ends before'],
};

describe('removing metadata of a PNG', () => {
  for (const [name, [file, reason]] of Object.entries(REFUSED)) {
    it(`refuses one ${name}`, async () => {
      const error = await rejectionOf(removeFrom(file));
      expect(error).to.have.property('code', 'image_unreadable');
      expect(error).to.have.property('message').that.includes(reason);
    });
  }

  it('writes checksums anew, so that decoders warn of nothing', async () => {
    const { out } = await removeFrom(pngWith(plain, ['tEXt', Buffer.from(`Author\0${MARK}`)]));
    const { comments } = await sharp(out, { failOn: 'warning' }).metadata();
    expect(comments).to.equal(undefined);
    await sharp(out, { failOn: 'warning' }).raw().toBuffer();
  });

  it('holds no chunk in memory, however long it is', async () => {
    const remover = removerOf(walkPng);
    const piece = Buffer.alloc(MIB, MARK);
    const head = Buffer.from('0000000074455874', 'hex');
    head.writeUInt32BE(1024 * MIB);
    const write = (bytes: Buffer) => new Promise<void>((resolve) => remover.write(bytes, () => resolve()));
    let length = 0;
    remover.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (chunk.includes(MARK)) throw new Error('The mark is left.');
    });
    const grown = await mostMemoryMore(['arrayBuffers'], async () => {
      await write(plain.subarray(0, 33));
      await write(head);
      for (let count = 0; count < 768; count += 1) await write(piece);
    });
    expect(length).to.equal(33 + 8 + 768 * MIB);
    // Who holds the chunk holds 768 MiB; on a busy machine nearly half of that waits to be collected.
    expect(grown).to.be.below(512 * MIB);
    remover.destroy();
  });
});
