import type { Configuration, Values } from './synthesis.ts';

export interface Block {
  type: string;
  address: string;
  /** Of the construct, below its stack: `download/service`. */
  path: string;
  values: Values;
}

const ADDRESS = /(?<![\w.])(aws_\w+)\.([\w-]+)/g;

/** The first value with this name, however deep: blocks are lists for some types and objects for others. */
export function pick(values: unknown, name: string): unknown {
  if (typeof values !== 'object' || values === null) return undefined;
  const record = values as Values;
  if (Object.hasOwn(record, name)) return record[name];
  return Object.values(record)
    .map((each) => pick(each, name))
    .find((found) => found !== undefined);
}

/** Resources of stacks, and which refers to which. */
export class ResourceGraph {
  readonly #blocks = new Map<string, Block>();

  constructor(...configurations: Configuration[]) {
    for (const { resource = {} } of configurations) {
      for (const [type, named] of Object.entries(resource)) {
        for (const [name, { '//': about, ...values }] of Object.entries(named)) {
          const path = String(about?.metadata?.path ?? name).replace(/^[^/]+\//, '');
          const address = `${type}.${name}`;
          this.#blocks.set(address, { type, address, path, values });
        }
      }
    }
  }

  all(...types: string[]): Block[] {
    return [...this.#blocks.values()].filter(({ type }) => types.includes(type));
  }

  /** What a value refers to. */
  referred(value: unknown): Block[] {
    const found = [...(JSON.stringify(value) ?? '').matchAll(ADDRESS)].map(([, type, name]) => `${type}.${name}`);
    return [...new Set(found)].map((address) => this.#blocks.get(address)).filter((block) => block !== undefined);
  }

  /** What a block leads to of a type, itself included, over any number of references. */
  reach(block: Block, type: string, seen: Set<Block> = new Set()): Block[] {
    if (seen.has(block)) return [];
    seen.add(block);
    if (block.type === type) return [block];
    return this.referred(block.values).flatMap((next) => this.reach(next, type, seen));
  }

  /** The resources of a type that refer to this one. */
  referring(block: Block, type: string): Block[] {
    return this.all(type).filter(({ values }) => this.referred(values).includes(block));
  }
}
