import type { Stroke } from './svg-lines.ts';
import { type Attributes, declaredIn, plainStyle, spansIn } from './svg-properties.ts';
import { costlier, dashesOf, type Stroking, shortest, widthOf } from './svg-strokes.ts';

/** The effect that style sheets may have on every element: their widest stroke and shortest dashes. */
export interface StyleSheetEffects {
  stroke: Stroking | undefined;
  /** Whether they change the size of elements, or of the frames around them. */
  isSizing: boolean;
  /** The largest of these sizes: in user units, and in per cent of the viewport. */
  sizes: { units: number; percent: number };
  isTransforming: boolean;
}

const SIZES = /[{;\s](?:r|rx|ry|width|height)\s*:([^;}]*)/g;
const TRANSFORM = /[{;\s](?:transform|scale|rotate|zoom)\s*:/;

export function styleSheetEffects(sheets: readonly string[]): StyleSheetEffects {
  const text = sheets.map(plainStyle).join(';');
  const values = (name: string) =>
    text
      .split(name)
      .slice(1)
      .map((rest) => (rest.split(/[;}]/, 1)[0] ?? '').trim())
      .flatMap((value) => (value.startsWith(':') ? (value.slice(1).split('!', 1)[0]?.trim() ?? '') : []));
  const dashes = values('stroke-dasharray').map(dashesOf);
  const sizes = [...text.matchAll(SIZES)].map(([, value = '']) => value);
  const percents = sizes.filter((value) => value.includes('%'));
  const mostOf = (texts: readonly string[], viewport: number) =>
    texts.flatMap((each) => spansIn(each, viewport)).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return {
    stroke: text.includes('stroke')
      ? {
          isStroked: true,
          width: values('stroke-width').reduce((most, value) => Math.max(most, widthOf(value) ?? 0), 0),
          period: shortest(dashes.map(({ period }) => period)),
          isFine: dashes.some(({ isFine }) => isFine),
          isOnScreen: text.includes('vector-effect'),
          isRound: [...values('stroke-linejoin'), ...values('stroke-linecap')].some((value) => value.includes('round')),
        }
      : undefined,
    isSizing: sizes.length > 0,
    sizes: { units: mostOf(sizes, 0), percent: mostOf(percents, 100) },
    isTransforming: TRANSFORM.test(text),
  };
}

/** The stroke of an element, including what style sheets may give it; undefined if it is not stroked. */
export function strokeOf(own: Stroking, { stroke }: StyleSheetEffects): Stroke | undefined {
  if (stroke) return costlier(own, stroke);
  return own.isStroked ? own : undefined;
}

/** The largest size that a shape may have, by its own attributes and by style sheets. */
export function mostUnits(
  attributes: Attributes,
  style: string,
  { sizes }: StyleSheetEffects,
  viewport: number,
): number {
  const own = SIZED.flatMap((name) => [attributes.get(name) ?? '', ...declaredIn(style, name)]);
  const texts = own.filter((text) => text !== '').flatMap((text) => spansIn(text, viewport));
  // A missing size may mean the whole viewport.
  return [...texts, sizes.units, (sizes.percent * viewport) / 100].reduce(
    (most, each) => Math.max(most, Math.abs(each)),
    1,
  );
}
const SIZED = ['r', 'rx', 'ry', 'width', 'height'];
