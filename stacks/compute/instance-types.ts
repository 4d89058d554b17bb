import type { Architecture } from '../environments/settings.ts';

/** The properties of an instance type that tasks, checks and cost reports need. */
export interface InstanceType {
  family: string;
  vendor: 'intel' | 'amd' | 'aws';
  architecture: Architecture;
  vCpu: number;
  memoryMib: number;
  /** One is the instance's own; each task in awsvpc mode needs another. */
  networkInterfaces: number;
  /**
   * Dollars an hour in us-east-1, for Linux, from karpenter-provider-aws, zz_generated.pricing_aws.go, which was the same on 2026-01-19 and
   * 2026-07-20.
   */
  onDemandPrice: number;
}

/** vCPUs and network interfaces by size, which are the same in all families below (https://docs.aws.amazon.com/ec2/latest/instancetypes/). */
const SIZES = {
  large: { vCpu: 2, networkInterfaces: 3 },
  xlarge: { vCpu: 4, networkInterfaces: 4 },
  '2xlarge': { vCpu: 8, networkInterfaces: 4 },
} as const;

type Size = keyof typeof SIZES;
type Maker = Pick<InstanceType, 'vendor' | 'architecture'>;
/** The name of a family, its GiB per vCPU, and its prices by size. */
type Family = [name: string, gibPerVcpu: 2 | 4 | 8, ...prices: [large: number, xlarge: number, twoXlarge: number]];

const INTEL: Family[] = [
  ['c5', 2, 0.085, 0.17, 0.34],
  ['c5d', 2, 0.096, 0.192, 0.384],
  ['c6i', 2, 0.085, 0.17, 0.34],
  ['c6id', 2, 0.1008, 0.2016, 0.4032],
  ['c6in', 2, 0.1134, 0.2268, 0.4536],
  ['c7i', 2, 0.08925, 0.1785, 0.357],
  ['c7i-flex', 2, 0.08479, 0.16958, 0.33915],
  ['c8i', 2, 0.09371, 0.18742, 0.37484],
  ['c8i-flex', 2, 0.08902, 0.17804, 0.35608],
  ['m5', 4, 0.096, 0.192, 0.384],
  ['m6i', 4, 0.096, 0.192, 0.384],
  ['m7i', 4, 0.1008, 0.2016, 0.4032],
  ['m7i-flex', 4, 0.09576, 0.19152, 0.38304],
  ['m8i', 4, 0.10584, 0.21168, 0.42336],
  ['m8i-flex', 4, 0.10055, 0.2011, 0.4022],
  ['r6i', 8, 0.126, 0.252, 0.504],
  ['r7i', 8, 0.1323, 0.2646, 0.5292],
];

const AMD: Family[] = [
  ['c5a', 2, 0.077, 0.154, 0.308],
  ['c6a', 2, 0.0765, 0.153, 0.306],
  ['c7a', 2, 0.10264, 0.20528, 0.41056],
  ['c8a', 2, 0.10777, 0.21554, 0.43108],
  ['m5a', 4, 0.086, 0.172, 0.344],
  ['m6a', 4, 0.0864, 0.1728, 0.3456],
  ['m7a', 4, 0.11592, 0.23184, 0.46368],
  ['m8a', 4, 0.12172, 0.24344, 0.48688],
  ['r6a', 8, 0.1134, 0.2268, 0.4536],
  ['r7a', 8, 0.15215, 0.3043, 0.6086],
];

const GRAVITON: Family[] = [
  ['c6g', 2, 0.068, 0.136, 0.272],
  ['c6gd', 2, 0.0768, 0.1536, 0.3072],
  ['c6gn', 2, 0.0864, 0.1728, 0.3456],
  ['c7g', 2, 0.0725, 0.145, 0.29],
  ['c7gd', 2, 0.0907, 0.1814, 0.3629],
  ['c7gn', 2, 0.1248, 0.2496, 0.4992],
  ['c8g', 2, 0.07976, 0.15952, 0.31904],
  ['c8gd', 2, 0.09798, 0.19596, 0.39192],
  ['m6g', 4, 0.077, 0.154, 0.308],
  ['m6gd', 4, 0.0904, 0.1808, 0.3616],
  ['m7g', 4, 0.0816, 0.1632, 0.3264],
  ['m7gd', 4, 0.1068, 0.2136, 0.4271],
  ['m8g', 4, 0.08976, 0.17952, 0.35904],
  ['m8gd', 4, 0.11532, 0.23064, 0.46128],
  ['r6g', 8, 0.1008, 0.2016, 0.4032],
  ['r7g', 8, 0.1071, 0.2142, 0.4284],
  ['r8g', 8, 0.11782, 0.23564, 0.47128],
];

/** For environments that are mostly idle: they save money below a fifth to a third of a vCPU; above it each vCPU-hour costs $0.05 more. */
const BURSTABLE: [name: string, memoryMib: number, price: number, maker: Maker][] = [
  ['t3.medium', 4096, 0.0416, { vendor: 'intel', architecture: 'x86_64' }],
  ['t3.large', 8192, 0.0832, { vendor: 'intel', architecture: 'x86_64' }],
  ['t3a.medium', 4096, 0.0376, { vendor: 'amd', architecture: 'x86_64' }],
  ['t3a.large', 8192, 0.0752, { vendor: 'amd', architecture: 'x86_64' }],
  ['t4g.medium', 4096, 0.0336, { vendor: 'aws', architecture: 'arm64' }],
  ['t4g.large', 8192, 0.0672, { vendor: 'aws', architecture: 'arm64' }],
];

const burstable = (): [name: string, type: InstanceType][] =>
  BURSTABLE.map(([name, memoryMib, onDemandPrice, maker]) => [
    name,
    { family: name.slice(0, name.indexOf('.')), ...maker, ...SIZES.large, memoryMib, onDemandPrice },
  ]);

const typesOf = (families: Family[], maker: Maker): [name: string, type: InstanceType][] =>
  families.flatMap(([family, gibPerVcpu, ...prices]) =>
    (Object.keys(SIZES) as Size[]).map((size, index): [string, InstanceType] => [
      `${family}.${size}`,
      {
        family,
        ...maker,
        ...SIZES[size],
        memoryMib: SIZES[size].vCpu * gibPerVcpu * 1024,
        onDemandPrice: prices[index] ?? Number.NaN,
      },
    ]),
  );

/** The instance types that environments may use, by name. To allow another, add its family above with its prices. */
export const INSTANCE_TYPES: Readonly<Record<string, InstanceType>> = Object.fromEntries([
  ...typesOf(INTEL, { vendor: 'intel', architecture: 'x86_64' }),
  ...typesOf(AMD, { vendor: 'amd', architecture: 'x86_64' }),
  ...typesOf(GRAVITON, { vendor: 'aws', architecture: 'arm64' }),
  ...burstable(),
]);
