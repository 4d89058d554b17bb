import { WHOLE } from './svg-frames.ts';
import { costOfLines, type Frame, type LineCost, type Stroke, scaleOf } from './svg-lines.ts';
import { type Outline, outlineOfBox, outlineOfPath, outlineOfPoints } from './svg-outline.ts';
import { propertyOf, spansIn, unitsOf } from './svg-properties.ts';

/** An outline as large as the canvas, for shapes of unknown size. */
export const CANVAS = outlineOfBox(1, 1, true);

/** The cost of a dashed box of at most this many units a side, which may reach far beyond the canvas. */
export function costOfDashedBox(
  units: number,
  { frame, stroke, isGradient }: { frame: Frame; stroke: Stroke; isGradient: boolean },
): LineCost {
  const side = Math.max(1, units * scaleOf(frame));
  const period = (stroke.period * side) / units;
  return costOfLines(outlineOfBox(side, side, true), { frame: WHOLE, stroke: { ...stroke, period }, isGradient });
}

/** The longer side that an element's attributes give. */
export const sideOf = (attributes: ReadonlyMap<string, string>, viewport: number): number =>
  Math.max(0, ...['width', 'height'].flatMap((each) => spansIn(attributes.get(each) ?? '', viewport).slice(0, 1)));

/** The outline of a shape; undefined for texts and elements that are no shapes. */
export function outlineOf(
  name: string,
  attributes: ReadonlyMap<string, string>,
  { style, isSized, viewport }: { style: string; isSized: boolean; viewport: number },
): Outline | undefined {
  const units = (property: string) => (isSized ? unitsOf(propertyOf(property, attributes, style)) : undefined);
  const text = (property: string) => attributes.get(property) ?? '';
  if (name === 'path') return outlineOfPath(text('d'));
  if (name === 'polygon' || name === 'polyline') return outlineOfPoints(text('points'));
  if (name === 'line')
    return outlineOfPoints(['x1', 'y1', 'x2', 'y2'].map((each) => spansIn(text(each), viewport)[0] ?? 0).join());
  if (name === 'rect') {
    const [width, height] = [units('width'), units('height')];
    const isRound = attributes.has('rx') || attributes.has('ry') || style.includes('rx') || style.includes('ry');
    return width === undefined || height === undefined ? CANVAS : outlineOfBox(width, height, isRound);
  }
  if (name !== 'circle' && name !== 'ellipse') return undefined;
  const [across, down] = name === 'circle' ? [units('r'), units('r')] : [units('rx'), units('ry')];
  return across === undefined || down === undefined ? CANVAS : outlineOfBox(2 * across, 2 * down, true);
}
