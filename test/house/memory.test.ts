import { expect } from 'chai';
import { parseSource, readSources, type SourceFile } from './source-files.ts';

/** The places where a file reads the memory of the process. */
const readingsIn = (file: SourceFile): string[] =>
  parseSource(file)
    .members.filter(({ object, property }) => object === 'process' && property === 'memoryUsage')
    .map(() => file.path);

describe('the memory of the test process', () => {
  const reads = readSources('test').flatMap(readingsIn);

  it('is read only by test/support/memory.ts, relative to the beginning of the work, so that earlier tests do not matter', () => {
    expect(reads.filter((path) => !path.startsWith('test/support/'))).to.deep.equal([]);
    expect(reads).to.include('test/support/memory.ts');
  });

  it('is noticed if a test reads it', () => {
    for (const text of ['expect(process.memoryUsage().rss).below(1);', 'const rss = process.memoryUsage.rss();'])
      expect(readingsIn({ path: 'test/a.test.ts', text })).to.deep.equal(['test/a.test.ts']);
  });
});
