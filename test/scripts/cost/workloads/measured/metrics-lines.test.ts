import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { linesOf } from '../../../../../scripts/cost/workloads/measured/metrics-lines.ts';
import { metricLine } from '../../../../support/cost/metric-records.ts';
import { rejectionOf } from '../../../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../../support/storage/temporary-folder.ts';

const PROCESS = fileURLToPath(new URL('../../../../support/cost/measure-process.ts', import.meta.url));

const MIB = 1024 * 1024;

const linesIn = (path: string): Promise<string[]> => Readable.from(linesOf(path)).toArray();

describe('lines of a file with metrics', () => {
  let folder: TemporaryFolder;
  let path: string;
  before(async () => {
    folder = await createTemporaryFolder();
    path = join(folder.path, 'metrics');
  });
  after(() => folder.remove());

  it('are those of the text, wherever the file is read in parts', async () => {
    const line = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('é'.repeat(70_000)));
    await fc.assert(
      fc.asyncProperty(fc.array(line.map((text) => text.replaceAll('\n', ''))), async (lines) => {
        await writeFile(path, lines.map((text) => `${text}\n`).join(''));
        expect(await linesIn(path)).to.deep.equal(lines.map((text) => text.toWellFormed()));
      }),
      { numRuns: 10 },
    );
  });

  it('are refused if one of them does not end', async () => {
    await writeFile(path, Buffer.alloc(65 * MIB, 'x'));
    expect(String(await rejectionOf(linesIn(path)))).to.match(
      /^CommandError: .* has a line of more than 67,108,864 characters\. Export the log with one event a line\.$/,
    );
  });

  it('are not held in memory: a heap of half the size of the file is enough', async () => {
    const other = `{"level":"info","msg":"${'x'.repeat(1000)}"}\n`;
    await writeFile(
      path,
      [metricLine('2026-11-02T05:00Z'), other.repeat(100_000), metricLine('2026-11-02T06:00Z')].join('\n'),
    );
    const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=48', PROCESS, path]);
    expect(Number(stdout)).to.be.closeTo(24, 1e-9);
  });
});
