import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../scripts/local/emulators/emulators.ts';
import type { AuditLog } from '../../../shared/runtime/audit-log.ts';
import { loadConfig } from '../../../shared/runtime/config.ts';
import { openAudit } from '../../../shared/services/audit.ts';
import { openAuditFile } from '../../../shared/storage/audit-file.ts';
import { eventually } from '../../support/eventually.ts';
import { type LogsEndpoint, openLogsEndpoint } from '../../support/http/logs-endpoint.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { auditLine } from '../../support/services/audit-lines.ts';
import { type LogLine, logInto } from '../../support/services/services.ts';

const SETTINGS = {
  HOST: '127.0.0.1',
  PORT: '1024',
  AUTHENTICATION: 'off',
  PROCESSING_QUEUE_URL: 'http://127.0.0.1/000000000000/processing',
  AWS_REGION: LOCAL_REGION,
  IMAGE_TABLE_NAME: 'images',
  OBJECT_STORE_URL: 'file:///tmp/objects',
};

describe('audit trail of a service', () => {
  const logs: LogLine[] = [];
  let log: AuditLog | undefined;
  before(() => void Object.assign(process.env, LOCAL_CREDENTIALS));
  afterEach(async () => {
    await log?.stop();
    log = undefined;
    logs.length = 0;
  });

  async function open(settings: Record<string, string>): Promise<AuditLog> {
    const config = loadConfig('download', { ...SETTINGS, ...settings });
    log = await openAudit({ service: 'download', config, logger: logInto(logs, 'download') });
    return log;
  }
  const spilled = () => logs.flatMap(({ audit }) => (audit ? [audit] : []));

  it('stands in the usual log where it has no other place', async () => {
    const line = auditLine('a');
    (await open({})).write(line);
    expect(logs).to.have.length(1);
    expect(logs[0]).to.deep.include({ audit: line, msg: 'audit', level: 30 });
  });

  describe('in a file', () => {
    let folder: string;
    let path: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'audit-'));
      path = join(folder, 'audit.log');
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));
    const linesOf = async (file: string) => {
      const text = await readFile(file, 'utf8');
      return text
        .split('\n')
        .filter(Boolean)
        .map((each) => JSON.parse(each));
    };

    it('is appended line by line, for its owner only', async () => {
      const lines = ['a', 'b', 'c'].map((id) => auditLine(id));
      const trail = await open({ AUDIT_LOG_FILE: path });
      for (const line of lines) trail.write(line);
      await trail.stop();
      expect(await linesOf(path)).to.deep.equal(lines);
      expect((await stat(path)).mode & 0o777).to.equal(0o600);
    });

    it('goes on in a new file when the old one was moved away', async () => {
      const trail = await open({ AUDIT_LOG_FILE: path });
      trail.write(auditLine('a'));
      await eventually('the line is written', async () =>
        (await readFile(path, 'utf8').catch(() => '')).endsWith('\n'),
      );
      await rename(path, `${path}.1`);
      trail.write(auditLine('b'));
      await trail.stop();
      expect((await linesOf(path)).map(({ requestId }) => requestId)).to.deep.equal(['b']);
    });

    it('stands in the usual log if the file cannot be written', async () => {
      await writeFile(join(folder, 'file'), '');
      const line = auditLine('a');
      const trail = await open({ AUDIT_LOG_FILE: join(folder, 'file', 'audit.log') });
      trail.write(line);
      await trail.stop();
      expect(spilled()).to.deep.equal([line]);
    });

    it('stands in the usual log if the disk is full', async () => {
      const line = auditLine('a');
      const trail = await open({ AUDIT_LOG_FILE: '/dev/full' });
      trail.write(line);
      await trail.stop();
      expect(spilled()).to.deep.equal([line]);
    });

    it('begins a new line after a failure, which may have left a part of one', async () => {
      const append = openAuditFile(path);
      await mkdir(path);
      await rejectionOf(append([auditLine('a')]));
      await rm(path, { recursive: true });
      await writeFile(path, '{"time":"2026-');
      await append([auditLine('b')]);
      const [cut, whole = ''] = (await readFile(path, 'utf8')).split('\n');
      expect(cut).to.equal('{"time":"2026-');
      expect(JSON.parse(whole).requestId).to.equal('b');
    });
  });

  describe('in a log group', () => {
    let endpoint: LogsEndpoint;
    beforeEach(async () => {
      endpoint = await openLogsEndpoint();
    });
    afterEach(() => endpoint.close());
    const openGroup = () => open({ AUDIT_LOG_GROUP: 'trail', AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint.url });

    it('is put into a stream of the process, in order of time', async () => {
      const late = auditLine('late', { time: '2026-11-30T10:00:01.000Z' });
      const early = auditLine('early', { time: '2026-11-30T10:00:00.000Z' });
      const trail = await openGroup();
      trail.write(late);
      trail.write(early);
      await trail.stop();
      expect(endpoint.taken).to.deep.equal([early, late]);
      expect(endpoint.operations).to.deep.equal(['CreateLogStream', 'PutLogEvents']);
      const [put] = endpoint.puts;
      expect(put).to.include({ logGroupName: 'trail' });
      expect(put?.logStreamName).to.match(/^download\/[0-9a-f-]{36}$/);
      expect(put?.logEvents[0]?.timestamp).to.equal(Date.parse(early.time));
    });

    for (const answer of ['throttles', 'fails', { error: 'ResourceNotFoundException' }] as const) {
      it(`is put there later if CloudWatch ${JSON.stringify(answer)} at first`, async () => {
        endpoint.answer(answer);
        const line = auditLine('a');
        (await openGroup()).write(line);
        await eventually('it was refused', () => logs.some(({ msg }) => msg === 'the audit trail takes no lines'));
        endpoint.answer('takes');
        await eventually('it is taken', () => endpoint.taken.length > 0);
        expect(endpoint.taken).to.deep.equal([line]);
        expect(spilled()).to.deep.equal([]);
      });
    }

    it('takes a stream that is there already for its own', async () => {
      endpoint.answer({ error: 'ResourceAlreadyExistsException' });
      (await openGroup()).write(auditLine('a'));
      await eventually('it was asked for', () => endpoint.operations.includes('PutLogEvents'));
      endpoint.answer('takes');
      await eventually('the line is taken', () => endpoint.taken.length === 1);
    });

    it('stands in the usual log when the service stops while CloudWatch hangs', async () => {
      endpoint.answer('hangs');
      const line = auditLine('a');
      const trail = await openGroup();
      trail.write(line);
      await trail.stop();
      expect(spilled()).to.deep.equal([line]);
    });

    it('stands in the usual log line by line where CloudWatch finds one too old or too new', async () => {
      endpoint.answer({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 3 } });
      const lines = ['a', 'b', 'c', 'd'].map((id, index) => auditLine(id, { time: `2026-11-30T10:00:0${index}.000Z` }));
      const trail = await openGroup();
      for (const line of lines) trail.write(line);
      await trail.stop();
      expect(spilled()).to.deep.equal([lines[0], lines[3]]);
    });

    it('stands in the usual log if CloudWatch would refuse the same lines for ever', async () => {
      endpoint.answer({ error: 'InvalidParameterException' });
      const line = auditLine('a');
      const trail = await openGroup();
      trail.write(line);
      // The stream is made before the lines are refused.
      await eventually('the stream is asked for', () => endpoint.operations.length > 0);
      await trail.stop();
      expect(spilled()).to.deep.equal([line]);
    });
  });
});
