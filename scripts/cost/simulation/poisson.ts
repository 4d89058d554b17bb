import type { Random } from './random-streams.ts';

/** From this mean on the numbers of a Poisson distribution are drawn in one step, which is exact from 10 on. */
export const LARGE_MEAN = 10;

/** ln(k!), by Stirling's series, whose error is below 1e-10 from 10 on. */
function logFactorial(k: number): number {
  if (k < 10) return Math.log([1, 1, 2, 6, 24, 120, 720, 5040, 40_320, 362_880][k] as number);
  const x = k + 1;
  return (
    (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
  );
}

/**
 * Draws a number of a Poisson distribution with a mean of at least `LARGE_MEAN`, in a time that does not grow with it: algorithm PTRS of
 * W. Hörmann, The transformed rejection method for generating Poisson random variables (Insurance: Mathematics and Economics 12, 1993, 39-45).
 */
export function largePoisson(mean: number, random: Random): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const accepted = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random() - 0.5;
    const v = 1 - random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= accepted) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= -mean + k * Math.log(mean) - logFactorial(k)) return k;
  }
}
