import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { ConfigError } from '../../../shared/runtime/config.ts';
import {
  checkOpenFiles,
  connectionLimits,
  openFileLimit,
  workerOpenFiles,
} from '../../../shared/runtime/open-files.ts';
import { readableLogger } from '../../support/services/log-lines.ts';

const MODULE = new URL('../../../shared/runtime/open-files.ts', import.meta.url).href;

describe('open files', () => {
  it('reads the limit of the process', function () {
    if (process.platform === 'win32') this.skip();
    const program = `import { openFileLimit } from '${MODULE}'; console.log(openFileLimit());`;
    const arguments_ = ['-c', 'ulimit -n 199; exec "$0" --input-type=module -e "$1"', process.execPath, program];
    expect(Number(execFileSync('/bin/sh', arguments_, { encoding: 'utf8' }))).to.equal(199);
  });

  it('accepts a high or infinite limit without a warning', () => {
    expect(openFileLimit()).to.be.above(0);
    const { logger, lines } = readableLogger();
    expect(connectionLimits(logger, 65_536).served).to.be.above(10_000);
    expect(connectionLimits(logger, Number.POSITIVE_INFINITY).served).to.equal(Number.POSITIVE_INFINITY);
    expect(lines).to.deep.equal([]);
  });

  for (const limit of [112, 128, 256, 1024, 65_536]) {
    it(`reserves four files for each served connection and one for each refused one, of ${limit}`, () => {
      const { served, refused } = connectionLimits(undefined, limit);
      expect(served).to.be.at.least(12);
      expect(refused).to.be.at.least(12);
      expect(served * 4 + refused).to.be.within(limit - 48 - 4, limit - 48);
    });
  }

  it('warns about a low limit, and says what to do', () => {
    const { logger, lines } = readableLogger();
    connectionLimits(logger, 256);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ openFiles: 256, connections: 39 });
    expect(lines[0]?.msg).to.match(/only 39 clients .* 256 files .* ulimit -n 8192/);
  });

  it('refuses to start with a limit that is too low', () => {
    expect(() => connectionLimits(undefined, 111)).to.throw(ConfigError, /Only 111 files .* 112 .* ulimit -n 8192/);
    expect(() => checkOpenFiles(workerOpenFiles({ messages: 64, processes: 64 }), 512)).to.throw(ConfigError, /560/);
  });
});
