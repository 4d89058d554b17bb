/** The same numbers from 0 to 1 at every run, so that pictures change only when what they show does (the generator of Numerical Recipes). */
export function* evenNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

interface Ridge {
  /** Pixels. */
  width: number;
  foot: number;
  /** Of the ends of the ridge, pixels from the top. */
  left: number;
  right: number;
  /** How far the middle may rise at first; halved with each halving of the way. */
  roughness: number;
  seed: number;
}

/** The outline of mountains as an SVG path, by halving ways and moving their middles. */
export function ridge({ width, foot, left, right, roughness, seed }: Ridge): string {
  const numbers = evenNumbers(seed);
  let heights = [left, right];
  for (let reach = roughness; heights.length < 257; reach /= 1.9) {
    heights = heights.flatMap((height, index) => {
      const next = heights[index + 1];
      return next === undefined ? [height] : [height, (height + next) / 2 + (numbers.next().value - 0.6) * reach];
    });
  }
  const step = width / (heights.length - 1);
  const points = heights.map((height, index) => `${(index * step).toFixed(1)},${height.toFixed(1)}`);
  return `M0,${foot} L${points.join(' ')} L${width},${foot} Z`;
}

/** A spruce of five tiers as an SVG path. */
function spruce(x: number, foot: number, height: number): string {
  const tiers = [1, 2, 3, 4, 5].map((tier) => ({
    y: foot - height + (height * tier) / 5,
    reach: (height * 0.19 * (tier + 0.6)) / 5.6,
  }));
  const right = tiers.map(({ y, reach }) => `L${x + reach},${y} L${x + reach * 0.45},${y - height / 50}`);
  const left = tiers.toReversed().map(({ y, reach }) => `L${x - reach * 0.45},${y - height / 50} L${x - reach},${y}`);
  return `M${x},${foot - height} ${right.join(' ')} L${x + 3},${foot + 40} L${x - 3},${foot + 40} ${left.join(' ')} Z`;
}

/** A wood that becomes smaller with the distance, from the left edge on. */
export function spruces(count: number, foot: number): string {
  const numbers = evenNumbers(23);
  const trees = Array.from({ length: count }, (_, index) => {
    const height = (300 - (index * 210) / count) * (0.65 + numbers.next().value * 0.6);
    return spruce(index * 22 - 10 + numbers.next().value * 16, foot + index * 2, height);
  });
  return trees.join(' ');
}

const STRIPES = ['#c81d3b', '#f2542d', '#ffc93c', '#fdf6e3', '#17948c', '#27489c', '#ffc93c', '#c81d3b'];

/** A hot-air balloon around the origin, 300 pixels wide and 430 high; needs a gradient `shade` that lies over it. */
export function balloon(): string {
  const edge = (index: number) => -150 * Math.cos((Math.PI * index) / STRIPES.length);
  const gores = STRIPES.map((colour, index) => {
    const [from, to] = [edge(index), edge(index + 1)];
    const down = `C${from * 0.75},-165 ${from},-100 ${from},-25 C${from},60 ${from * 0.45},120 ${from * 0.2},185`;
    const up = `L${to * 0.2},185 C${to * 0.45},120 ${to},60 ${to},-25 C${to},-100 ${to * 0.75},-165 0,-165`;
    return `<path fill="${colour}" stroke="${colour}" d="M0,-165 ${down} ${up} Z"/>`;
  });
  const outline =
    'M0,-165 C-112,-165 -150,-100 -150,-25 C-150,60 -68,120 -30,185 L30,185 C68,120 150,60 150,-25 C150,-100 112,-165 0,-165 Z';
  return `${gores.join('')}<path fill="url(#shade)" d="${outline}"/>
    <path stroke="#33241a" stroke-width="3" d="M-28,185 L-21,228 M28,185 L21,228 M-9,185 L-7,228 M9,185 L7,228"/>
    <rect x="-25" y="226" width="50" height="38" rx="6" fill="#6d4020"/>
    <rect x="-25" y="226" width="50" height="9" rx="4" fill="#c58b4e"/>`;
}
