import { expect } from 'chai';
import { parseSource, readSources } from './source-files.ts';

/** Of a pipeline whose last stream is read by somebody else, Node takes its listeners off that stream: an error after it ends the process. */
describe('streams', () => {
  it('are put together by their owner, or by a pipeline that somebody awaits', () => {
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
