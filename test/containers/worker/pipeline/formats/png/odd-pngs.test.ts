import { crc32, deflateSync } from 'node:zlib';
import { expect } from 'chai';
import sharp from 'sharp';
import { LIMITS } from '../../../../../../shared/domain/limits.ts';
import { inserted } from '../../../../../support/images/jpeg-files.ts';
import { difference, look, photograph } from '../../../../../support/images/picture.ts';
import { mostMemoryMore } from '../../../../../support/memory.ts';
import { rejectionOf } from '../../../../../support/rejection.ts';
import { endOf } from '../../../../../support/worker/rendition-end.ts';
import { render } from '../../../../../support/worker/rendition-run.ts';

const chunk = (type: string, data: Buffer, checksum = crc32(Buffer.concat([Buffer.from(type), data]))): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, 'latin1');
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(checksum);
  return Buffer.concat([head, data, tail]);
};

/** The offsets after IHDR and before IEND. */
const BEGIN = 33;
const END_BYTES = 12;

const atEnd = (png: Buffer, bytes: Buffer): Buffer => inserted(png, png.length - END_BYTES, bytes);

/** Faults that cost no pixel, as browsers show them. */
const ODD: Record<string, (png: Buffer) => Buffer> = {
  'no end': (png) => png.subarray(0, -END_BYTES),
  'half an end': (png) => png.subarray(0, -5),
  'a text of a wrong checksum': (png) => inserted(png, BEGIN, chunk('tEXt', Buffer.from('a\0b'), 1)),
  'a text of a wrong checksum behind its pixels': (png) => atEnd(png, chunk('tEXt', Buffer.from('a\0b'), 1)),
  'a gamma twice': (png) => inserted(png, BEGIN, Buffer.concat([chunk('gAMA', GAMMA), chunk('gAMA', GAMMA)])),
  'a time that is none': (png) => inserted(png, BEGIN, chunk('tIME', Buffer.alloc(7))),
  'a profile that is none': (png) => inserted(png, BEGIN, chunk('iCCP', Buffer.from('a\0\0nothing'))),
  'significant bits of another length': (png) => inserted(png, BEGIN, chunk('sBIT', Buffer.alloc(1))),
  'more data than its pixels': (png) => atEnd(png, chunk('IDAT', Buffer.from('more'))),
  'bytes behind its end': (png) => Buffer.concat([png, Buffer.alloc(99, 1)]),
};
const GAMMA = Buffer.from([0, 0, 0xb1, 0x8f]);

/** Types of chunks that are looked into, and one that nobody knows. */
const CHUNKS = ['cICP', 'cHRM', 'eXIf', 'gAMA', 'iCCP', 'iTXt', 'tEXt', 'zTXt', 'aaAa'];

describe('a PNG as programs write it', () => {
  for (const [name, make] of Object.entries(ODD))
    it(`is shown whole with ${name}`, async () => {
      for (const progressive of [false, true]) {
        const whole = await photograph(60, 40).png({ progressive }).toBuffer();
        const { data, warnings } = await render(make(whole));
        expect(difference(await look(data), await look(whole)).most, `interlaced: ${progressive}`).to.equal(0);
        expect(warnings).to.equal(undefined);
      }
    });
});

describe('a PNG that ends early', () => {
  it('has the rows that are there and a warning that counts the others, up to the limit', async () => {
    const [width, height] = [50, 200];
    const whole = await photograph(width, height).png().toBuffer();
    const full = await look(whole);
    const limit = (height * LIMITS.missingRowsPercent) / 100;
    const ends = new Set<string>();
    for (let share = 0.1; share < 1; share += 0.06) {
      const end = await render(whole.subarray(0, whole.length * share)).catch((error: unknown) => error as Error);
      const said = end instanceof Error ? end.message : end.warnings?.[0]?.detail;
      const missing = Number(/^The file ends early: (\d+) of 200 rows are missing\./.exec(said ?? '')?.[1]);
      expect(missing > limit, said).to.equal(end instanceof Error);
      ends.add(end instanceof Error ? 'refused' : 'made');
      if (end instanceof Error) continue;
      const bytes = 4 * width * (height - missing);
      expect((await look(end.data)).pixels.subarray(0, bytes).equals(full.pixels.subarray(0, bytes))).to.equal(true);
    }
    expect([...ends]).to.have.members(['refused', 'made']);
  });

  it('is refused when its rows are interlaced', async () => {
    const whole = await photograph(50, 60).png({ progressive: true }).toBuffer();
    const end = await render(whole.subarray(0, -500)).catch((error: unknown) => error as Error);
    expect(end)
      .to.have.property('message')
      .match(/^The file ends early: /);
  });

  it('has a warning with at most so many missing rows when it is large, without a dozen decodes', async () => {
    const [width, height] = [8000, 9000];
    const png = await sharp({ create: { width, height, channels: 3, background: '#369' } })
      .png()
      .toBuffer();
    const resize = { operation: 'resize', width: 100 } as const;
    const { warnings } = await render(png.subarray(0, Math.floor(png.length * 0.95)), { commands: [resize] });
    const [, missing] =
      /^The file ends early: at most (\d+) of 9000 rows are missing\.$/.exec(warnings?.[0]?.detail ?? '') ?? [];
    expect(Number(missing)).to.be.within(0.04 * height, 0.2 * height);
  }).timeout(60_000);

  for (const type of CHUNKS)
    it(`is refused without allocating memory when a chunk ${type} declares more bytes than the file has`, async () => {
      const png = await photograph(16, 16).png().toBuffer();
      for (const length of [2 ** 28, 0x7fffffff, 0xffffffff]) {
        const lying = chunk(type, Buffer.alloc(0));
        lying.writeUInt32BE(length);
        const more = await mostMemoryMore(['arrayBuffers'], async () =>
          expect(await rejectionOf(render(inserted(png, BEGIN, lying)))).to.have.property('code', 'image_unreadable'),
        );
        expect(more).to.be.below(length / 8);
      }
    });
});

describe('a PNG whose data are changed', () => {
  const [width, height] = [50, 200];
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 0, 0, 0, 0]);
  /** Grey, of rows that are not alike. */
  const rows = Buffer.from(
    Array.from({ length: (width + 1) * height }, (_, at) => (at % (width + 1) === 0 ? 0 : (at * 7919) >> 3)),
  );
  const deflated = deflateSync(rows, { level: 0 });
  const chunkBytes = 1000;
  const pngOf = (data: Buffer): Buffer => {
    const chunks = Array.from({ length: Math.ceil(data.length / chunkBytes) }, (_, index) =>
      chunk('IDAT', data.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
    );
    const signature = Buffer.from('89504e470d0a1a0a', 'hex');
    return Buffer.concat([signature, chunk('IHDR', header), ...chunks, chunk('IEND', Buffer.alloc(0))]);
  };

  it('is shown whole and without a warning when bytes follow its deflated pixels', async () => {
    const { data, warnings } = await render(pngOf(Buffer.concat([deflated, Buffer.alloc(4)])));
    expect(difference(await look(data), await look(pngOf(deflated))).most).to.equal(0);
    expect(warnings).to.equal(undefined);
  });

  it('has a warning without rows when only the checksum over all pixels is wrong', async () => {
    const wrong = Buffer.from(deflated);
    wrong[wrong.length - 1] = (wrong[wrong.length - 1] ?? 0) ^ 1;
    const { warnings } = await render(pngOf(wrong));
    expect(warnings).to.deep.equal([
      {
        code: 'image_damaged',
        detail:
          'The checksum of all pixels is wrong, though those of their chunks are right. Parts of the picture may look wrong.',
      },
    ]);
  });

  it('counts rows from the first chunk with a wrong checksum, however far it can be decoded', async () => {
    const whole = pngOf(deflated);
    const full = await look(whole);
    const ends = new Set<string>();
    for (let share = 0.1; share < 0.99; share += 0.08) {
      const at = Math.floor(whole.length * share);
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      const { code, detail, warnings, data } = await endOf(changed);
      const said = detail ?? warnings?.[0]?.detail ?? '';
      const [, from] = / from row (\d+) on\./.exec(said) ?? [];
      const sound = Number(from) - 1;
      expect(sound, `${share}: ${said}`).to.be.within(height * share - 2 * (chunkBytes / width) - 8, height * share);
      expect(code === 'image_unreadable', said).to.equal(height - sound > (height * LIMITS.missingRowsPercent) / 100);
      ends.add(code ? 'refused' : 'made');
      if (!data) continue;
      const bytes = 4 * width * sound;
      expect((await look(data)).pixels.subarray(0, bytes).equals(full.pixels.subarray(0, bytes))).to.equal(true);
    }
    expect([...ends]).to.have.members(['refused', 'made']);
  });
});
