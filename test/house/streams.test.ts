import { expect } from 'chai';
import { parseSource, readSources } from './source-files.ts';

/** Node removes its listeners from the last stream of a finished pipeline. If another reader uses that stream, a later error ends the process. */
describe('streams', () => {
  it('are connected by their owner, or by a pipeline that is awaited', () => {
    const found = readSources('containers', 'shared', 'scripts').filter(({ text }) =>
      /import \{[^}]*\bpipeline\b[^}]*\} from 'node:stream'/.test(text),
    );
    expect(
      found.map(({ path }) => `${path} imports pipeline from node:stream and not from node:stream/promises`),
    ).to.deep.equal([]);
  });

  it('are looked for in files that import streams', () => {
    const imports = readSources('containers', 'shared').flatMap((file) => parseSource(file).imports);
    expect(imports.some(({ specifier }) => specifier === 'node:stream')).to.equal(true);
  });
});
