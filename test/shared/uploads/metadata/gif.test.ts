import { expect } from 'chai';
import { gifFrom, plainFrame } from '../../../support/images/gif-files.ts';
import { MARK } from '../../../support/images/personal-metadata.ts';
import { removeFrom } from '../../../support/images/removed-metadata.ts';
import { rejectionOf } from '../../../support/rejection.ts';

const marked = Buffer.from(MARK);
const frame = plainFrame([0, 0, 16, 8], 1);
const { gif } = gifFrom([16, 8], [frame]);
const comment = Buffer.concat([Buffer.from([0x21, 0xfe, marked.length]), marked, Buffer.alloc(1)]);
/** Where the length of the frame's only block of data is. */
const LENGTH_AT = gif.length - 2 - 0x4e - 1;

const REFUSED: Record<string, [file: Buffer, reason: string]> = {
  'that is cut': [gif.subarray(0, -1), 'ends before'],
  'of which a frame has fewer pixels than it says': [
    withFrame(gifFrom([16, 8], [{ ...frame, stored: 20 }]).gif),
    'fewer pixels',
  ],
  'of which a frame has codes that mean nothing': [changed(gif, LENGTH_AT + 2, 0xff), 'damaged'],
  'with a block of no kind': [Buffer.concat([gif.subarray(0, -1), Buffer.from([1]), gif.subarray(-1)]), 'no block'],
};

function changed(file: Buffer, at: number, value: number): Buffer {
  const made = Buffer.from(file);
  made[at] = value;
  return made;
}

/** Without the code that ends the frame, which stands in its last byte. */
function withFrame(file: Buffer): Buffer {
  const at = file.indexOf(0, file.lastIndexOf(0x2c) + 11);
  const made = Buffer.from(file);
  made[at - 1] = 0;
  return made;
}

describe('removing metadata of a GIF', () => {
  for (const [name, [file, reason]] of Object.entries(REFUSED)) {
    it(`refuses one ${name}`, async () => {
      const error = await rejectionOf(removeFrom(file));
      expect(error).to.have.property('code', 'image_unreadable');
      expect(error).to.have.property('message').that.includes(reason);
    });
  }

  it('erases what a block of a wrong length has swallowed behind the pixels', async () => {
    expect(gif[LENGTH_AT]).to.equal(0x4e);
    const file = Buffer.concat([gif.subarray(0, -1), comment, gif.subarray(-1)]);
    const { out, removed } = await removeFrom(changed(file, LENGTH_AT, 0x4e + comment.length));
    expect(out.includes(MARK)).to.equal(false);
    expect(removed).to.deep.equal(['other']);
  });

  it('leaves no letter of XMP in the lengths of its blocks', async () => {
    const magic = Buffer.from([1, ...Array.from({ length: 256 }, (_, at) => 255 - at), 0]);
    const xmp = Buffer.concat([
      Buffer.from('\x21\xff\x0bXMP DataXMP', 'latin1'),
      Buffer.from('abc'.repeat(100)),
      magic,
    ]);
    const at = 13 + 24;
    const { out, removed } = await removeFrom(Buffer.concat([gif.subarray(0, at), xmp, gif.subarray(at)]));
    expect(out.subarray(at + 2, at + xmp.length).every((byte) => byte <= 2)).to.equal(true);
    expect(removed).to.deep.equal(['xmp']);
  });

  it('changes nothing of one that has none', async () => {
    const { out, removed } = await removeFrom(gifFrom([16, 8], [frame, frame], { loop: 7 }).gif);
    expect(out.equals(gifFrom([16, 8], [frame, frame], { loop: 7 }).gif)).to.equal(true);
    expect(removed).to.deep.equal([]);
  });
});
