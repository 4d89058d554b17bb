import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { ConfigError } from '../../../shared/runtime/config.ts';
import { checkOpenFiles, connectionsWithin, filesOfWorker, openFileLimit } from '../../../shared/runtime/open-files.ts';
import { readableLogger } from '../../support/services/log-lines.ts';

const MODULE = new URL('../../../shared/runtime/open-files.ts', import.meta.url).href;

describe('The limit of open files', () => {
  it('is that of the process', function () {
    if (process.platform === 'win32') this.skip();
    const program = `import { openFileLimit } from '${MODULE}'; console.log(openFileLimit());`;
    const arguments_ = ['-c', 'ulimit -n 199; exec "$0" --input-type=module -e "$1"', process.execPath, program];
    expect(Number(execFileSync('/bin/sh', arguments_, { encoding: 'utf8' }))).to.equal(199);
  });

  it('is a number or infinite, and no matter where it is high', () => {
    expect(openFileLimit()).to.be.above(0);
    const { logger, lines } = readableLogger();
    expect(connectionsWithin(logger, 65_536).served).to.be.above(10_000);
    expect(connectionsWithin(logger, Number.POSITIVE_INFINITY).served).to.equal(Number.POSITIVE_INFINITY);
    expect(lines).to.deep.equal([]);
  });

  for (const limit of [112, 128, 256, 1024, 65_536]) {
    it(`of ${limit} leaves four files for each connection that is served, and one for each that is refused`, () => {
      const { served, refused } = connectionsWithin(undefined, limit);
      expect(served).to.be.at.least(12);
      expect(refused).to.be.at.least(12);
      expect(served * 4 + refused).to.be.within(limit - 48 - 4, limit - 48);
    });
  }

  it('is told of where it is low, with what to do', () => {
    const { logger, lines } = readableLogger();
    connectionsWithin(logger, 256);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ openFiles: 256, connections: 39 });
    expect(lines[0]?.msg).to.match(/only 39 clients .* 256 files .* ulimit -n 8192/);
  });

  it('is refused where it is too low to begin with', () => {
    expect(() => connectionsWithin(undefined, 111)).to.throw(ConfigError, /Only 111 files .* 112 .* ulimit -n 8192/);
    expect(() => checkOpenFiles(filesOfWorker({ messages: 64, processes: 64 }), 512)).to.throw(ConfigError, /560/);
  });
});
