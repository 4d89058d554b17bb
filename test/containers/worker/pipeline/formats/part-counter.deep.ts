import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { MANY_PARTS } from '../../../../support/images/many-parts.ts';
import {
  elementsOf,
  JPEG,
  openBench,
  partsBeyond,
  styledBy,
  testRow,
  written,
} from '../../../../support/worker/affordable-rows.ts';

/** Style sheets that librsvg holds against the elements in a way of its own each. */
const STYLE_KINDS = ['all siblings', 'counted types', 'negations in one selector', 'one long class'];

/** Elements for which librsvg holds the most memory for each byte. */
const ELEMENTS = {
  'empty elements': '<g/>',
  'elements with text between': '<g/>\n',
  pictures: '<image/>',
  'red elements': '<g fill="red"/>',
};

describe('what a file of many parts costs', function () {
  this.timeout(120_000);
  const bench = openBench();

  for (const name of Object.keys(MANY_PARTS) as (keyof typeof MANY_PARTS)[]) {
    testRow(partsBeyond(name, 0, 'ready'), bench);
    // A frame of a WebP has two.
    testRow(partsBeyond(name, 2, 'image_unreadable'), bench);
  }
  for (const [kind, element] of Object.entries(ELEMENTS)) {
    testRow([`an SVG of ${kind}`, () => elementsOf(element, LIMITS.svgElements), [], JPEG, 'ready'], bench);
  }
  for (const kind of STYLE_KINDS) {
    testRow(styledBy(kind, 0.9, 'ready'), bench);
    testRow(styledBy(kind, 4, 'image_unreadable'), bench);
  }
  testRow(['an SVG of a text of some pages', () => written(5000), [], JPEG, 'ready'], bench);
});
