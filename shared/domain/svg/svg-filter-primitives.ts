import { resolved } from './svg-markup.ts';

/** The cost of a filter primitive. */
export interface Primitive {
  /** The most nanoseconds per pixel of its region, and nanoseconds per pixel of the canvas, wherever the region is. */
  each: number;
  all: number;
  /** Nanoseconds per square user unit of the canvas, for primitives that choose the size of their own pixels. */
  unit: number;
}

/** Measured, as command-costs.ts says. */
const PRIMITIVES: ReadonlyMap<string, { each: number; all: number }> = new Map(
  Object.entries({
    feGaussianBlur: { each: 220, all: 12 },
    feDropShadow: { each: 220, all: 15 },
    feTurbulence: { each: 220, all: 5 },
    feMorphology: { each: 600, all: 5 },
    feConvolveMatrix: { each: 600, all: 5 },
    feDiffuseLighting: { each: 300, all: 5 },
    feSpecularLighting: { each: 300, all: 5 },
  }),
);
const OTHER_PRIMITIVE = { each: 60, all: 5 };

/** Nanoseconds for each number of a kernel; librsvg limits its sides to 20. */
const KERNEL_NS = 20;
const MOST_ORDER = 20;

/** One or two numbers. Any other text counts as the costliest. */
const NUMBERS = /^\d{1,30}(?:\.\d{1,30})?(?:[\s,]+\d{1,30}(?:\.\d{1,30})?)?$/;

function pairOf(text: string): [number, number] | undefined {
  if (!NUMBERS.test(text)) return undefined;
  const [across = 0, down = across] = text.split(/[\s,]+/).map(Number);
  return [across, down];
}

/** The cost of a primitive by its name and attributes. */
export function primitiveOf(name: string, attributes: ReadonlyMap<string, string>): Primitive {
  const { each: usual, all } = PRIMITIVES.get(name) ?? OTHER_PRIMITIVE;
  const given = (property: string) => resolved(attributes.get(property) ?? '').trim();
  let each = usual;
  if (name === 'feConvolveMatrix') {
    const [across, down] = pairOf(given('order') || '3') ?? [MOST_ORDER, MOST_ORDER];
    each = Math.max(usual, KERNEL_NS * Math.min(across, MOST_ORDER) * Math.min(down, MOST_ORDER));
  }
  const length = given('kernelUnitLength');
  if (length === '') return { each, all, unit: 0 };
  const [x, y] = pairOf(length) ?? [0, 0];
  return { each, all, unit: each / (x * y) };
}
