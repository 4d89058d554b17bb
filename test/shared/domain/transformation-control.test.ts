import { expect } from 'chai';
import fc from 'fast-check';
import { parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import { PRESETS } from '../../../shared/contracts/api/presets.ts';
import { checkOf } from '../../../shared/contracts/transformations.ts';
import { hasCode, type ImageServiceError } from '../../../shared/domain/errors.ts';
import { type TransformationControl, variantFormatsOf } from '../../../shared/domain/transformation-control.ts';
import { everyCommand } from '../../support/worker/command-samples.ts';

/** The paths that a check refuses in the only rendition of a request. */
function refused(control: TransformationControl, rendition: object): string[] {
  try {
    checkOf(control)([parsePipeline(rendition)]);
    return [];
  } catch (error) {
    expect(hasCode(error, 'transformation_not_allowed'), String(error)).to.equal(true);
    const { errors = [] } = (error as ImageServiceError).facts;
    return errors.map(({ path }) => path.replace('renditions[0]', ''));
  }
}

const resize = (size: object) => ({ commands: [{ operation: 'resize', ...size }] });

describe('transformation control', () => {
  it('of the mode any allows every command in every format', () => {
    for (const command of everyCommand()) expect(refused({ mode: 'any' }, { commands: [command] })).to.deep.equal([]);
  });

  it('of the mode presets allows the pipelines of presets, under any name, and nothing else', () => {
    const check = checkOf({ mode: 'presets' });
    for (const [name, pipeline] of PRESETS)
      check([{ name, ...pipeline } as never, { name: 'other', ...pipeline } as never]);
    for (const command of everyCommand())
      expect(refused({ mode: 'presets' }, { commands: [command] })).to.deep.equal(['']);
    const { commands } = PRESETS.get('thumb') ?? {};
    expect(refused({ mode: 'presets' }, { commands, output: { format: 'webp', quality: 81 } })).to.deep.equal(['']);
  });

  it('of the mode listed always allows presets', () => {
    const control: TransformationControl = { mode: 'listed', widths: [1], formats: ['gif'], operations: ['flip'] };
    for (const pipeline of PRESETS.values()) expect(refused(control, pipeline)).to.deep.equal([]);
  });

  it('refuses sides that are in no list, and counts one list for both sides', () => {
    const both: TransformationControl = { mode: 'listed', widths: [320, 640] };
    expect(refused(both, resize({ width: 320, height: 640 }))).to.deep.equal([]);
    expect(refused(both, resize({ width: 321, height: 641 }))).to.deep.equal([
      '.commands[0].width',
      '.commands[0].height',
    ]);
    const each: TransformationControl = { mode: 'listed', widths: [320], heights: [200] };
    expect(refused(each, resize({ width: 320, height: 200 }))).to.deep.equal([]);
    expect(refused(each, resize({ width: 200, height: 320 }))).to.have.length(2);
    expect(refused(each, { commands: [{ operation: 'crop', width: 320, height: 201 }] })).to.deep.equal([
      '.commands[0].height',
    ]);
  });

  it('lets other commands change the size before one that names sides, if sizes are listed', () => {
    const others = [
      { operation: 'crop', ratio: '16:9' },
      { operation: 'extend', top: 1 },
      { operation: 'rotate', angle: 90 },
      { operation: 'trim' },
    ];
    const sized = { operation: 'resize', height: 200 };
    const control: TransformationControl = { mode: 'listed', heights: [200] };
    const refusals = others.map((_each, index) => `.commands[${index}].operation`);
    expect(refused(control, { commands: others })).to.deep.equal(refusals);
    expect(refused(control, { commands: [...others, sized] })).to.deep.equal([]);
    expect(refused(control, { commands: [sized, ...others] })).to.have.length(others.length);
    expect(refused({ mode: 'listed', formats: ['webp'] }, { commands: others })).to.deep.equal([]);
  });

  it('takes the tiles of clahe for no sides', () => {
    const commands = [{ operation: 'clahe', width: 8, height: 8 }];
    expect(refused({ mode: 'listed', widths: [320] }, { commands })).to.deep.equal([]);
  });

  it('refuses formats, qualities and operations that are in no list', () => {
    const control: TransformationControl = {
      mode: 'listed',
      formats: ['webp'],
      qualities: [80],
      operations: ['resize'],
    };
    expect(refused(control, { commands: [], output: { format: 'avif', quality: 79 } })).to.deep.equal([
      '.output.format',
      '.output.quality',
    ]);
    expect(refused(control, { output: { format: 'webp', maxBytes: 10_000 } })).to.deep.equal(['.output.maxBytes']);
    expect(refused(control, { commands: [{ operation: 'autoOrient' }, { operation: 'flip' }] })).to.deep.equal([
      '.commands[1].operation',
    ]);
    expect(refused(control, { commands: [{ operation: 'resize', width: 9 }] })).to.deep.equal([]);
  });

  it('allows what is made of listed parts only, whatever the lists', () => {
    const side = fc.integer({ min: 1, max: 5 });
    const property = fc.property(
      fc.uniqueArray(side, { minLength: 1 }),
      fc.uniqueArray(fc.constantFrom('webp' as const, 'avif' as const, 'auto' as const), { minLength: 1 }),
      side,
      fc.constantFrom('webp' as const, 'avif' as const, 'auto' as const),
      (widths, formats, width, format) => {
        const allowed = widths.includes(width) && formats.includes(format);
        const found = refused({ mode: 'listed', widths, formats }, { ...resize({ width }), output: { format } });
        expect(found.length === 0).to.equal(allowed);
      },
    );
    fc.assert(property);
  });

  it('says of every rendition of a request what is wrong, and what is allowed', () => {
    const control: TransformationControl = { mode: 'listed', widths: [320, 640] };
    const asked = [100, 320, 500].map((width) => parsePipeline(resize({ width })));
    expect(() => checkOf(control)(asked)).to.throw(
      'renditions[0].commands[0].width is 100, and must be one of 320, 640; renditions[2].commands[0].width is 500, and must be one of 320, 640. GET /v1/limits lists what this deployment makes.',
    );
  });

  it('keeps variants of the format auto to the formats that are made', () => {
    expect(variantFormatsOf()).to.deep.equal(['avif', 'webp']);
    expect(variantFormatsOf({ mode: 'presets' })).to.deep.equal([]);
    expect(variantFormatsOf({ mode: 'listed', widths: [1] })).to.deep.equal(['avif', 'webp']);
    expect(variantFormatsOf({ mode: 'listed', formats: ['auto', 'webp'] })).to.deep.equal(['webp']);
  });
});
