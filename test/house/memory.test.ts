import { expect } from 'chai';
import { parseSource, readSources, type SourceFile } from './source-files.ts';

/** Where the memory of a process is read. */
const readingsIn = (file: SourceFile): string[] =>
  parseSource(file)
    .members.filter(({ object, property }) => object === 'process' && property === 'memoryUsage')
    .map(() => file.path);

describe('memory of the process that tests run in', () => {
  const reads = readSources('test').flatMap(readingsIn);

  it('is read by test/support/memory.ts, from where the work begins: what earlier tests left is no matter of a later one', () => {
    expect(reads.filter((path) => !path.startsWith('test/support/'))).deep.equal([]);
    expect(reads).include('test/support/memory.ts');
  });

  it('is found where a test reads it', () => {
    for (const text of ['expect(process.memoryUsage().rss).below(1);', 'const rss = process.memoryUsage.rss();'])
      expect(readingsIn({ path: 'test/a.test.ts', text })).deep.equal(['test/a.test.ts']);
  });
});
