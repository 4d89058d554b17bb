const GiB = 1024;

/** For each number of CPU units, the smallest and largest memory in GiB and the step between sizes (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html). */
const SIZES: Record<number, [from: number, to: number, step: number]> = {
  512: [1, 4, 1],
  1024: [2, 8, 1],
  2048: [4, 16, 1],
  4096: [8, 30, 1],
  8192: [16, 60, 4],
  16384: [32, 120, 8],
};

/** The memory sizes in MiB that Fargate offers for a number of CPU units. */
export function fargateMemoryOf(cpu: number): number[] {
  if (cpu === 256) return [512, GiB, 2 * GiB];
  const [from, to, step] = SIZES[cpu] ?? [1, 0, 1];
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => (from + index * step) * GiB);
}
