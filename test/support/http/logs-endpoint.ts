import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { end, listen } from './plain-servers.ts';

/** The fields of PutLogEvents that a test reads. */
interface PutLogEvents {
  logGroupName: string;
  logStreamName: string;
  logEvents: { timestamp: number; message: string }[];
}

/** How the endpoint answers: as CloudWatch does, or in one of the ways in which it does not. */
type LogsAnswer = 'takes' | 'throttles' | 'fails' | 'hangs' | { rejectedLogEventsInfo: object } | { error: string };

export interface LogsEndpoint {
  url: string;
  /** The messages that were taken, parsed. */
  taken: unknown[];
  /** The operations that were asked for. */
  operations: string[];
  puts: PutLogEvents[];
  answer(next: LogsAnswer): void;
  close(): Promise<void>;
}

/** The part of the logs of CloudWatch that writes lines, on loopback (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html). */
export async function openLogsEndpoint(): Promise<LogsEndpoint> {
  const taken: unknown[] = [];
  const operations: string[] = [];
  const puts: PutLogEvents[] = [];
  let answer: LogsAnswer = 'takes';
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as PutLogEvents;
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    operations.push(operation);
    if (answer === 'hangs') return;
    if (answer === 'throttles') return fail(response, 400, 'ThrottlingException');
    if (answer === 'fails') return fail(response, 500, 'InternalFailure');
    if (typeof answer === 'object' && 'error' in answer) return fail(response, 400, answer.error);
    if (operation === 'PutLogEvents') {
      puts.push(body);
      taken.push(...body.logEvents.map(({ message }) => JSON.parse(message)));
    }
    reply(response, 200, typeof answer === 'object' ? answer : {});
  });
  const url = await listen(server);
  return {
    ...{ url, taken, operations, puts },
    answer(next) {
      answer = next;
    },
    close: () => end(server),
  };
}

const reply = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));

const fail = (response: ServerResponse, status: number, type: string): void =>
  reply(response, status, { __type: type, message: type });
