import fc from 'fast-check';
import { WATERMARK_ID } from './rendition-run.ts';

const { constant, constantFrom, integer, record } = fc;
const side = integer({ min: 8, max: 60 });
const operation = <Name extends string>(...names: Name[]) => constantFrom(...names);

const RESIZES = [
  record({
    operation: operation('resize'),
    width: side,
    height: side,
    fit: constantFrom('contain', 'fill', 'inside', 'outside'),
    position: constantFrom('centre', 'north', 'southeast'),
    background: constantFrom('#0000ff', '#0000ff60'),
  }),
  record({
    operation: operation('resize'),
    width: side,
    height: side,
    position: constantFrom('centre', 'north', 'southeast', 'entropy', 'attention'),
  }),
  record({ operation: operation('resize'), width: side }),
  record({ operation: operation('resize'), height: side, kernel: constantFrom('nearest', 'cubic', 'lanczos3') }),
];

const PLACES = [
  record({
    operation: operation('crop'),
    left: constant(1),
    top: constant(2),
    width: constant(6),
    height: constant(5),
  }),
  record({
    operation: operation('crop'),
    ratio: constantFrom('1:1', '3:2', '2:3'),
    position: constantFrom('centre', 'west', 'entropy'),
  }),
  record({
    operation: operation('rotate'),
    angle: constantFrom(90, 180, 270, 30),
    background: constantFrom('#ff0000', '#ff000080'),
  }),
  record({
    operation: operation('extend'),
    top: side,
    left: side,
    extendWith: constantFrom('background', 'mirror', 'copy', 'repeat'),
    background: constantFrom('#00ff00', '#00ff0040'),
  }),
  record({ operation: operation('autoOrient', 'flip', 'flop', 'roundCorners', 'trim') }),
];

const COLOURS = [
  record({ operation: operation('blur'), sigma: constantFrom(0.5, 1.5) }),
  record({ operation: operation('sharpen'), sigma: constantFrom(0.7, 2) }),
  record({ operation: operation('blur', 'sharpen', 'median') }),
  record({
    operation: operation('modulate'),
    brightness: constantFrom(0.7, 1.3),
    saturation: constantFrom(0.5, 1.6),
    hue: constantFrom(0, 90),
  }),
  record({ operation: operation('linear'), a: constantFrom(0.5, 1.4, -1), b: constantFrom(-20, 20, 255) }),
  record({ operation: operation('clahe'), width: constant(3), height: constant(3) }),
  record({ operation: operation('tint'), tint: constant('#3070c0') }),
  record({ operation: operation('flatten', 'negate', 'grayscale', 'threshold', 'normalise', 'gamma') }),
];

const MARKS = [
  record({
    operation: operation('watermark'),
    imageId: constant(WATERMARK_ID),
    gravity: constantFrom('centre', 'northwest', 'southeast'),
    opacity: constantFrom(1, 0.5),
    tile: fc.boolean(),
    blend: constantFrom('over', 'multiply', 'add'),
  }),
  record({ operation: operation('watermark'), imageId: constant(WATERMARK_ID), scale: constantFrom(0.3, 1) }),
  record({
    operation: operation('watermarkText'),
    text: constant('Hey'),
    fontSize: constantFrom(9, 20),
    angle: constantFrom(0, 30),
    color: constantFrom('#ffffff', '#00ffff80'),
  }),
];

export interface RandomCommand {
  operation: string;
  position?: string;
}

/** Random lists of commands with every operation, for images of about 48 × 36. */
export const randomCommands: fc.Arbitrary<RandomCommand[]> = fc.array(
  fc.oneof(...RESIZES, ...PLACES, ...COLOURS, ...MARKS) as fc.Arbitrary<RandomCommand>,
  { minLength: 2, maxLength: 5 },
);
