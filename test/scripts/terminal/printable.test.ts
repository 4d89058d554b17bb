import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import fc from 'fast-check';
import { printableLines } from '../../../scripts/local/printable-log.ts';
import { printable, printableJson, printableLine } from '../../../scripts/terminal/printable.ts';

const RAW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const texts = fc.string({ unit: 'binary', maxLength: 40 });

describe('text from elsewhere, when it is printed,', () => {
  it('contains nothing that a terminal would act upon', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(printable(text).replaceAll(/[\n\t]/g, '')).to.not.match(RAW);
        expect(printableLine(text)).to.not.match(RAW);
      }),
    );
  });

  it('stays unchanged where all of it is printable', () => {
    for (const text of ['Größe 写真 🖼 é', 'commands[0]: 90 is right of the image.\n\tat once', '']) {
      expect(printable(text)).to.equal(text);
    }
    expect(printable('a\u009b31m\u{e0001}')).to.equal('a\\u009b31m\\udb40\\udc01');
    expect(printableLine('a\nb')).to.equal('a\\u000ab');
  });

  it('has the same value as JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(texts, fc.array(texts)), (value) => {
        const text = printableJson(value);
        expect(text.replaceAll('\n', '')).to.not.match(RAW);
        expect(JSON.parse(text)).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is escaped in lines of a log, wherever chunks end, and keeps the lines of a stack trace', async () => {
    const bad = '\u001b]0;title\u0007\u009b2J\u202e\u2028';
    const line = {
      msg: `a${bad}`,
      path: bad,
      err: { message: `b\n${bad}`, stack: `Error: ${bad}\n    at c` },
      status: 1,
    };
    const bytes = Buffer.from(`${JSON.stringify(line)}\nno JSON ${bad}\nthe end`);
    for (let size = 1; size < 40; size += 1) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      const printed = await text(printableLines(toAsync(chunks)));
      const [first = '', ...others] = printed.split('\n');
      const read = JSON.parse(first);
      for (const each of [read.msg, read.path, read.err.message, read.err.stack.replaceAll('\n', '')]) {
        expect(each).to.not.match(RAW);
      }
      expect(read.err.stack.split('\n')).to.have.length(2);
      expect(read.status).to.equal(1);
      expect(others).to.deep.equal([`no JSON ${printableLine(bad)}`, 'the end', '']);
    }
  });
});

async function* toAsync(chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
