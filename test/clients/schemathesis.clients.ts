import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { openApiDocument } from '../../shared/contracts/api/openapi.ts';
import { routeList } from '../../shared/contracts/api/routes.ts';
import { type StartProcess, spawnStart } from '../support/services/start-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { unexplained } from './explained-findings.ts';
import { type Finding, findingsIn } from './schemathesis.ts';
import { skipWithoutTools, toolFolder } from './tools.ts';

const run = promisify(execFile);

/** The service on one machine requires no keys, which other tests cover. */
const WITHOUT_KEYS = JSON.stringify(openApiDocument(), (key, value) =>
  key === 'security' || key === 'securitySchemes' ? undefined : value,
);

const described = ({ check, operation, status, code, errors, message, uri }: Finding): string =>
  [check, operation, status, code, errors.map((error) => error.message).join('; '), message, uri].join(' | ');

describe('Schemathesis', () => {
  let folder: TemporaryFolder;
  let start: StartProcess;
  let url: string;
  before(skipWithoutTools('python'));

  describe('with all checks', () => {
    before(async () => {
      folder = await createTemporaryFolder();
      start = spawnStart('--port', '0', '--data', join(folder.path, 'data'));
      url = await start.ready();
      await writeFile(join(folder.path, 'openapi.json'), WITHOUT_KEYS);
    });
    after(async () => {
      start?.child.kill('SIGTERM');
      await start?.ended();
      await folder?.remove();
    });

    it('finds nothing without an explanation', async function () {
      const examples = Number(process.env.CLIENT_EXAMPLES ?? 10);
      this.timeout((600 + 30 * examples) * 1000);
      const report = join(folder.path, 'report.ndjson');
      const options = [
        ...['--url', url, '--max-examples', String(examples), '--continue-on-failure'],
        ...['--report', 'ndjson', '--report-ndjson-path', report, '--no-color', '--request-timeout', '30'],
        // A stream that only ends with its image.
        ...['--exclude-operation-id', 'getEvents'],
      ];
      const program = join(toolFolder('python'), 'bin', 'schemathesis');
      const told = await run(program, ['run', 'openapi.json', ...options], {
        cwd: folder.path,
        maxBuffer: 2 ** 28,
      }).catch((error: { code: number; stdout: string }) => error);
      // The status is 1 where Schemathesis has findings, which are checked below.
      if ('code' in told) expect(told.code, told.stdout).to.equal(1);
      const total = routeList.length;
      expect(told.stdout).to.match(new RegExp(`${total - 1} selected / ${total} total`));
      const findings = await findingsIn(report);
      const left = [...new Set(unexplained(findings).map(described))];
      expect(left, left.join('\n')).to.deep.equal([]);
    });
  });
});
