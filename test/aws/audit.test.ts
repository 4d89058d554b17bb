import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { createLogsClient } from '../../shared/runtime/clients.ts';
import { openAuditLogGroup } from '../../shared/storage/audit-log-group.ts';
import { rejectionOf } from '../support/rejection.ts';
import { auditLine } from '../support/services/audit-lines.ts';
import { uniqueName } from '../support/storage/emulators.ts';

describe('audit trail in a log group of CloudWatch', () => {
  let logs: CloudWatchLogsClient;
  const logGroupName = uniqueName('audit');
  before(async () => {
    const url = process.env.AWS_ENDPOINT_URL;
    if (!url) throw new Error('AWS_ENDPOINT_URL is not set. Run these tests by: npm run test:aws');
    logs = await createLogsClient({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url });
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
  });
  after(async () => {
    await logs?.send(new DeleteLogGroupCommand({ logGroupName }));
    logs?.destroy();
  });

  it('has the lines of every process, each in its stream', async () => {
    const lines = ['a', 'b', 'c'].map((id) => auditLine(id));
    const [one, other] = ['download/1', 'download/2'].map((logStreamName) =>
      openAuditLogGroup({ logs, logGroupName, logStreamName }),
    );
    expect(await one?.(lines.slice(0, 1))).to.deep.equal([]);
    expect(await one?.(lines.slice(1, 2))).to.deep.equal([]);
    expect(await other?.(lines.slice(2))).to.deep.equal([]);
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events.map(({ message = '' }): unknown => JSON.parse(message))).to.have.deep.members(lines);
    expect(events.map(({ logStreamName }) => logStreamName).toSorted()).to.deep.equal([
      'download/1',
      'download/1',
      'download/2',
    ]);
    expect(events.map(({ timestamp }) => timestamp)).to.have.members(lines.map(({ time }) => Date.parse(time)));
  });

  it('is not there if the group is not', async () => {
    const deliver = openAuditLogGroup({ logs, logGroupName: `${logGroupName}-none`, logStreamName: 'download/1' });
    expect(String(await rejectionOf(deliver([auditLine('a')])))).to.include('CloudWatch does not answer');
  });

  it('goes on in a stream that is there already', async () => {
    const names = { logs, logGroupName, logStreamName: 'download/3' };
    for (const id of ['d', 'e']) expect(await openAuditLogGroup(names)([auditLine(id)])).to.deep.equal([]);
  });
});
