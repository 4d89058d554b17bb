import type { Architecture } from '../environments/settings.ts';

/** The properties of an instance type that tasks, checks and cost reports need; its prices are in stacks/prices. */
export interface InstanceType {
  family: string;
  vendor: 'intel' | 'amd' | 'aws';
  architecture: Architecture;
  vCpu: number;
  memoryMib: number;
  /** One is the instance's own; each task in awsvpc mode needs another. */
  networkInterfaces: number;
}

/** vCPUs and network interfaces by size, which are the same in all families below (https://docs.aws.amazon.com/ec2/latest/instancetypes/). */
const SIZES = {
  large: { vCpu: 2, networkInterfaces: 3 },
  xlarge: { vCpu: 4, networkInterfaces: 4 },
  '2xlarge': { vCpu: 8, networkInterfaces: 4 },
} as const;

type Size = keyof typeof SIZES;
type Maker = Pick<InstanceType, 'vendor' | 'architecture'>;
type Family = [name: string, gibPerVcpu: 2 | 4 | 8];

const INTEL: Family[] = [
  ['c5', 2],
  ['c5d', 2],
  ['c6i', 2],
  ['c6id', 2],
  ['c6in', 2],
  ['c7i', 2],
  ['c7i-flex', 2],
  ['c8i', 2],
  ['c8i-flex', 2],
  ['m5', 4],
  ['m6i', 4],
  ['m7i', 4],
  ['m7i-flex', 4],
  ['m8i', 4],
  ['m8i-flex', 4],
  ['r6i', 8],
  ['r7i', 8],
];

const AMD: Family[] = [
  ['c5a', 2],
  ['c6a', 2],
  ['c7a', 2],
  ['c8a', 2],
  ['m5a', 4],
  ['m6a', 4],
  ['m7a', 4],
  ['m8a', 4],
  ['r6a', 8],
  ['r7a', 8],
];

const GRAVITON: Family[] = [
  ['c6g', 2],
  ['c6gd', 2],
  ['c6gn', 2],
  ['c7g', 2],
  ['c7gd', 2],
  ['c7gn', 2],
  ['c8g', 2],
  ['c8gd', 2],
  ['m6g', 4],
  ['m6gd', 4],
  ['m7g', 4],
  ['m7gd', 4],
  ['m8g', 4],
  ['m8gd', 4],
  ['r6g', 8],
  ['r7g', 8],
  ['r8g', 8],
];

/** For environments that are mostly idle: they save money below a fifth to a third of a vCPU; above it each vCPU-hour costs more (`ec2.t3.surplus-credits`). */
const BURSTABLE: [name: string, memoryMib: number, maker: Maker][] = [
  ['t3.medium', 4096, { vendor: 'intel', architecture: 'x86_64' }],
  ['t3.large', 8192, { vendor: 'intel', architecture: 'x86_64' }],
  ['t3a.medium', 4096, { vendor: 'amd', architecture: 'x86_64' }],
  ['t3a.large', 8192, { vendor: 'amd', architecture: 'x86_64' }],
  ['t4g.medium', 4096, { vendor: 'aws', architecture: 'arm64' }],
  ['t4g.large', 8192, { vendor: 'aws', architecture: 'arm64' }],
];

const burstable = (): [name: string, type: InstanceType][] =>
  BURSTABLE.map(([name, memoryMib, maker]) => [
    name,
    { family: name.slice(0, name.indexOf('.')), ...maker, ...SIZES.large, memoryMib },
  ]);

const typesOf = (families: Family[], maker: Maker): [name: string, type: InstanceType][] =>
  families.flatMap(([family, gibPerVcpu]) =>
    (Object.keys(SIZES) as Size[]).map((size): [string, InstanceType] => [
      `${family}.${size}`,
      {
        family,
        ...maker,
        ...SIZES[size],
        memoryMib: SIZES[size].vCpu * gibPerVcpu * 1024,
      },
    ]),
  );

/** The instance types that environments may use, by name. To allow another, add its family above, and its prices to stacks/prices. */
export const INSTANCE_TYPES: Readonly<Record<string, InstanceType>> = Object.fromEntries([
  ...typesOf(INTEL, { vendor: 'intel', architecture: 'x86_64' }),
  ...typesOf(AMD, { vendor: 'amd', architecture: 'x86_64' }),
  ...typesOf(GRAVITON, { vendor: 'aws', architecture: 'arm64' }),
  ...burstable(),
]);
