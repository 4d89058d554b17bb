import { expect } from 'chai';
import sharp from 'sharp';
import { encode } from '../../../containers/worker/pipeline/output/encode.ts';
import type { Source } from '../../../containers/worker/pipeline/source/read-source.ts';
import { parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import type { Output } from '../../../shared/domain/commands.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../../shared/domain/formats/image-format.ts';
import { OUTPUT_OPTIONS, type OutputOptions } from '../../../shared/domain/output-options.ts';
import { refusalsOf } from '../../support/http/refusals.ts';
import { photograph } from '../../support/images/picture.ts';

type Option = keyof OutputOptions;

const FORMATS = Object.keys(OUTPUT_OPTIONS) as Output['format'][];
const formatsWith = (option: Option) => FORMATS.filter((format) => option in OUTPUT_OPTIONS[format]);

/** Every option of the type, with a valid value. It does not compile if one is missing or unknown. */
const OPTIONS: { [O in Option]-?: NonNullable<Output[O]> } = {
  quality: 50,
  effort: 4,
  lossless: true,
  progressive: true,
  mozjpeg: true,
  palette: true,
  maxBytes: 10_000,
};
const options = Object.keys(OPTIONS) as Option[];

/** Options that sharp takes beyond the API's range, with the reason that the API does not. */
const WIDER_IN_SHARP: Record<string, string> = { 'png quality 0': 'other formats begin at 1' };

const plainSource = { hasProfile: false, copyright: {}, kind: {} } as Source;

/** Encodes a picture by sharp with these options; `maxBytes` and `auto` are not sharp's. */
async function encodeWith(output: Output): Promise<Buffer> {
  const settled = { ...output, format: output.format as OutputFormat };
  return await encode(photograph(16, 16), settled, plainSource).toBuffer();
}

const rangeOf = (format: Output['format'], option: Option) => OUTPUT_OPTIONS[format][option];
const valuesOf = (range: readonly [number, number] | true | undefined): unknown[] =>
  range === true ? [true, false] : [...(range ?? [])];

describe('output', () => {
  it('has options for every format, and for the format that the content chooses', () => {
    expect(FORMATS).to.have.members([...OUTPUT_FORMATS, 'auto']);
    for (const option of options) expect(formatsWith(option), option).to.not.be.empty;
  });

  for (const format of FORMATS) {
    it(`as ${format} needs nothing else, and may keep metadata or not`, async () => {
      for (const metadata of [undefined, 'strip', 'keep'] as const) {
        const output = { format, ...(metadata && { metadata }) };
        expect(refusalsOf({ output })).to.deep.equal([]);
        expect(parsePipeline({ output }).output).to.deep.equal(output);
      }
      expect(refusalsOf({ output: { format, metadata: 'all' } })[0]?.path).to.equal('output.metadata');
    });
  }

  for (const format of OUTPUT_FORMATS) {
    it(`as ${format} is what sharp says it is`, async () => {
      const { format: written, compression } = await sharp(await encodeWith({ format })).metadata();
      expect(written === 'heif' ? compression : written).to.equal(format === 'avif' ? 'av1' : format);
    });
  }

  for (const option of options) {
    for (const format of formatsWith(option)) {
      const range = rangeOf(format, option);

      it(`as ${format} accepts ${option} from end to end, and so does sharp`, async () => {
        for (const value of valuesOf(range)) {
          const output = { format, [option]: value } as unknown as Output;
          expect(refusalsOf({ output }), String(value)).to.deep.equal([]);
          expect(parsePipeline({ output }).output).to.deep.equal(output);
          if (format !== 'auto') expect(await encodeWith(output)).to.not.be.empty;
        }
      });

      it(`as ${format} refuses ${option} with another type or out of range, at the option`, () => {
        const beyond =
          range === true || !range ? [0, 1, 'true'] : [range[0] - 1, range[1] + 1, range[0] + 0.5, `${range[0]}`];
        for (const value of [...beyond, null, [], {}]) {
          const paths = refusalsOf({ output: { format, [option]: value } }).map(({ path }) => path);
          expect(paths, String(value)).to.include(`output.${option}`);
        }
      });
    }

    for (const format of FORMATS.filter((candidate) => !formatsWith(option).includes(candidate))) {
      it(`as ${format} refuses ${option}, and names the formats that take it`, () => {
        const [refusal, ...more] = refusalsOf({ output: { format, [option]: OPTIONS[option] } });
        expect(more).to.deep.equal([]);
        expect(refusal?.path).to.equal(`output.${option}`);
        const named = refusal?.message.match(/goes only with the formats? (.+)$/)?.[1]?.split(', ');
        expect(named).to.deep.equal(formatsWith(option));
      });
    }
  }

  for (const option of ['quality', 'effort'] as const) {
    for (const format of formatsWith(option).filter((candidate) => candidate !== 'auto')) {
      it(`as ${format} has sharp's own range of ${option}`, async () => {
        const [least, most] = rangeOf(format, option) as [number, number];
        for (const value of [least - 1, most + 1]) {
          const refused = await encodeWith({ format, [option]: value }).then(
            () => false,
            () => true,
          );
          expect(refused, `${value}`).to.equal(!(`${format} ${option} ${value}` in WIDER_IN_SHARP));
        }
      });
    }
  }

  it('accepts all options of a format at once, except maxBytes together with lossless', () => {
    for (const format of FORMATS) {
      const own = Object.fromEntries(
        options.filter((option) => option in OUTPUT_OPTIONS[format]).map((option) => [option, OPTIONS[option]]),
      );
      const isBoth = 'lossless' in own && 'maxBytes' in own;
      expect(refusalsOf({ output: { format, ...own } })).to.deep.equal(
        isBoth ? [{ path: 'output', message: '[0].output: lossless does not go with maxBytes' }] : [],
      );
    }
  });

  it('is refused once, without a format or with one that is only read', () => {
    for (const [output, code] of [
      [{ quality: 80, mozjpeg: true }, /required/],
      [{ format: 'svg', quality: 80 }, /must be one of \[jpeg, png, webp, avif, gif, tiff, auto\]/],
      [{ format: 'JPEG', effort: 99 }, /must be one of/],
    ] as const) {
      const [refusal, ...more] = refusalsOf({ output });
      expect(more).to.deep.equal([]);
      expect(refusal?.path).to.equal('output.format');
      expect(refusal?.message).to.match(code);
    }
  });

  it('is refused with an unknown option', () => {
    expect(refusalsOf({ output: { format: 'png', compressionLevel: 9 } })[0]?.path).to.equal('output.compressionLevel');
  });
});
