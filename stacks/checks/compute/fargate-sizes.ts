const GiB = 1024;

/** CPU units, and the GiB from and to which memory may go, by what step (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html). */
const SIZES: Record<number, [from: number, to: number, step: number]> = {
  512: [1, 4, 1],
  1024: [2, 8, 1],
  2048: [4, 16, 1],
  4096: [8, 30, 1],
  8192: [16, 60, 4],
  16384: [32, 120, 8],
};

/** MiB that a Fargate task of so many CPU units may have. */
export function fargateMemoryOf(cpu: number): number[] {
  if (cpu === 256) return [512, GiB, 2 * GiB];
  const [from, to, step] = SIZES[cpu] ?? [1, 0, 1];
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => (from + index * step) * GiB);
}
