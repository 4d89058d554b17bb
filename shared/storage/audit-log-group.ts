import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type RejectedLogEventsInfo,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AuditLine } from '../domain/audit-line.ts';

/** A log group of CloudWatch, and the stream of this process in it. IAM: logs:CreateLogStream and logs:PutLogEvents on it. */
export interface AuditLogGroup {
  logs: CloudWatchLogsClient;
  logGroupName: string;
  logStreamName: string;
}

/** Puts lines into the log group, and resolves to those that it refuses. Makes the stream if it is not there. */
export function openAuditLogGroup({ logs, ...names }: AuditLogGroup) {
  let hasStream = false;
  return async (lines: readonly AuditLine[]): Promise<AuditLine[]> => {
    if (!hasStream) await createStream(logs, names);
    hasStream = true;
    // In order of time, which CloudWatch asks for, and which a clock that was put back would break.
    const sorted = lines.toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time));
    const logEvents = sorted.map((line) => ({ timestamp: Date.parse(line.time), message: JSON.stringify(line) }));
    try {
      const { rejectedLogEventsInfo } = await logs.send(new PutLogEventsCommand({ ...names, logEvents }));
      return refusedOf(sorted, rejectedLogEventsInfo);
    } catch (error) {
      // The same lines would be refused for ever.
      if ((error as Error).name === 'InvalidParameterException') return sorted;
      // Somebody may have removed the stream.
      hasStream = false;
      throw error;
    }
  };
}

async function createStream(logs: CloudWatchLogsClient, names: Omit<AuditLogGroup, 'logs'>): Promise<void> {
  await logs.send(new CreateLogStreamCommand(names)).catch((error: Error) => {
    if (error.name !== 'ResourceAlreadyExistsException') throw error;
  });
}

/** The lines that CloudWatch found too old or too new, of which it tells the places where they end and begin. */
function refusedOf(lines: readonly AuditLine[], info: RejectedLogEventsInfo = {}): AuditLine[] {
  const { tooOldLogEventEndIndex = 0, expiredLogEventEndIndex = 0, tooNewLogEventStartIndex = lines.length } = info;
  const old = Math.max(tooOldLogEventEndIndex, expiredLogEventEndIndex);
  return lines.filter((_, index) => index < old || index >= tooNewLogEventStartIndex);
}
