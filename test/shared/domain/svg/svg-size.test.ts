import { expect } from 'chai';
import { type SvgSize, svgSize } from '../../../../shared/domain/svg/svg-size.ts';
import { cpuTimeOf, QUADRATIC_MS } from '../../../support/cpu-time.ts';

const VIEW_BOX = '0 0 100 50';
const SIZES: [attributes: Record<string, string>, size: [width: number, height: number] | undefined][] = [
  [{ width: '48', height: '32' }, [48, 32]],
  [{ width: '48px', height: '32PX' }, [48, 32]],
  [{ width: ' 48 ', height: '+32\n' }, [48, 32]],
  [{ width: '1e2', height: '1000E-1px' }, [100, 100]],
  [{ width: '.5', height: '10.25' }, [0.5, 10.25]],
  [{ width: '1in', height: '2in' }, [96, 192]],
  [{ width: '2.54cm', height: '50.8mm' }, [96, 192]],
  [{ width: '72pt', height: '6pc' }, [96, 96]],
  [{ width: '210mm', height: '297mm', viewBox: VIEW_BOX }, [793.7, 1122.5]],
  [{ width: '0', height: '-0' }, [0, 0]],
  [{ width: '1e9', height: '1' }, [1e9, 1]],
  [{ viewBox: VIEW_BOX }, [100, 50]],
  [{ viewBox: ' -5,-5\t100.5 , 50 ' }, [100.5, 50]],
  [{ width: '200', viewBox: VIEW_BOX }, [200, 100]],
  [{ height: '200', viewBox: VIEW_BOX }, [400, 200]],
  [{ width: '100%', height: '100%', viewBox: VIEW_BOX }, [100, 50]],
  [{ width: '50%', height: '40', viewBox: VIEW_BOX }, [80, 40]],
  [{ width: 'auto', height: 'auto', viewBox: VIEW_BOX }, [100, 50]],
  [{ width: 'NaN', height: 'Infinity', viewBox: VIEW_BOX }, [100, 50]],
  [{ width: '1e400', height: '-5', viewBox: VIEW_BOX }, [100, 50]],
  [{ width: '10 px', height: '', viewBox: VIEW_BOX }, [100, 50]],
  [{ width: '9', height: '9', style: 'width:70px;fill:red; HEIGHT : 60PX !important' }, [70, 60]],
  [{ width: '9', height: '9', style: 'max-width: 5px; stroke-width:2' }, [9, 9]],
  [{ width: '9', height: '9', style: 'width:auto; height:auto', viewBox: VIEW_BOX }, [100, 50]],
  [{}, undefined],
  [{ width: '200' }, undefined],
  [{ width: '100%', height: '100%' }, undefined],
  [{ width: '10em', height: '10ex', viewBox: VIEW_BOX }, undefined],
  [{ width: '100vw', height: '10', viewBox: VIEW_BOX }, undefined],
  [{ width: '1&#48;', height: '10', viewBox: VIEW_BOX }, undefined],
  [{ viewBox: '0 0 0 50' }, undefined],
  [{ viewBox: '0 0 100 -50' }, undefined],
  [{ viewBox: '0 0 100' }, undefined],
  [{ viewBox: '0 0 100 50 1' }, undefined],
  [{ viewBox: '0 0 100 1e400' }, undefined],
  [{ viewBox: 'a b c d' }, undefined],
  [{ viewBox: '' }, undefined],
];

const sizeOf = (attributes: Record<string, string>): SvgSize | undefined =>
  svgSize({ attributes: new Map(Object.entries(attributes)) });

describe('the size of an SVG', () => {
  for (const [attributes, expected] of SIZES) {
    it(`is ${expected?.join(' × ') ?? 'not known'} with ${JSON.stringify(attributes)}`, () => {
      const size = sizeOf(attributes);
      if (!expected) return expect(size).to.equal(undefined);
      expect(size?.width).to.be.closeTo(expected[0], 0.05);
      return expect(size?.height).to.be.closeTo(expected[1], 0.05);
    });
  }

  it('is told by sides only, not by a viewBox', () => {
    expect(sizeOf({ viewBox: VIEW_BOX })?.isTold).to.equal(false);
    expect(sizeOf({ width: '100%', viewBox: VIEW_BOX })?.isTold).to.equal(false);
    expect(sizeOf({ width: '5', viewBox: VIEW_BOX })?.isTold).to.equal(true);
    expect(sizeOf({ width: '5', height: '5' })?.isTold).to.equal(true);
  });

  it('is read in linear time', () => {
    for (const repeated of ['1', ' ', 'e', '1e1', '.', ',', 'a', ';', ':', 'width:1;']) {
      const text = repeated.repeat(Math.ceil(131_072 / repeated.length));
      const took = cpuTimeOf(() => sizeOf({ width: `1${text}!`, height: text, viewBox: `1${text}!`, style: text }));
      expect(took, repeated).to.be.lessThan(QUADRATIC_MS);
    }
  });
});
