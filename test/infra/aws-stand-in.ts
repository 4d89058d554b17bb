import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { openUpstream, relay, scopeOf } from '../../scripts/test-aws/relay.ts';
import { openApplicationAutoscaling } from './stand-in/application-autoscaling.ts';
import { openAutoscaling } from './stand-in/autoscaling.ts';
import { openBackup } from './stand-in/backup.ts';
import { openBudgets } from './stand-in/budgets.ts';
import { openCloudFront } from './stand-in/cloudfront.ts';
import { openCloudWatch } from './stand-in/cloudwatch.ts';
import { openCostExplorer } from './stand-in/cost-explorer.ts';
import { openDynamoDb } from './stand-in/dynamodb.ts';
import { openEc2 } from './stand-in/ec2.ts';
import { openEcr } from './stand-in/ecr.ts';
import { openEcs } from './stand-in/ecs.ts';
import { openElasticLoadBalancing } from './stand-in/elastic-load-balancing.ts';
import type { AwsAnswer, AwsRequest, OpenSupplement, Outside, PassOn } from './stand-in/exchange.ts';
import { openS3 } from './stand-in/s3.ts';
import { openServiceQuotas } from './stand-in/service-quotas.ts';
import { openSqs } from './stand-in/sqs.ts';
import { openStepFunctions } from './stand-in/step-functions.ts';
import { openWafv2 } from './stand-in/wafv2.ts';

/** The services by their names in signatures. The emulator answers all others alone. */
const SUPPLEMENTS: Record<string, OpenSupplement> = {
  'application-autoscaling': openApplicationAutoscaling,
  autoscaling: openAutoscaling,
  backup: openBackup,
  budgets: openBudgets,
  ce: openCostExplorer,
  cloudfront: openCloudFront,
  dynamodb: openDynamoDb,
  ec2: openEc2,
  ecr: openEcr,
  ecs: openEcs,
  elasticloadbalancing: openElasticLoadBalancing,
  monitoring: openCloudWatch,
  s3: openS3,
  servicequotas: openServiceQuotas,
  sqs: openSqs,
  states: openStepFunctions,
  wafv2: openWafv2,
};

export interface AwsStandIn {
  url: string;
  stop(): Promise<void>;
}

export interface StandInOptions {
  /** By default any that is free. */
  port?: number;
  outside?: Outside;
}

/** AWS for Terraform: moto behind a server that answers what moto 5.2.1 lacks and passes everything else on. */
export async function startAwsStandIn(
  emulator: string,
  accountId: string,
  { port = 0, outside = {} }: StandInOptions = {},
): Promise<AwsStandIn> {
  const supplements = Object.fromEntries(
    Object.entries(SUPPLEMENTS).map(([service, open]) => [service, open(accountId, outside)]),
  );
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(error.stack);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { service = '', region = '' } = scopeOf(request);
    const supplement = supplements[service];
    if (!supplement) return relay(emulator, request, response);
    const body = await buffer(request);
    const seen = readRequest(request, { service, region, body });
    const passOn: PassOn = (changed) => ask(emulator, request, { headers: request.headers, body, ...changed });
    const { status, headers, body: answered } = await (supplement(seen, passOn) ?? passOn());
    response.statusCode = status;
    // Sets headers without writeHead, so that Node adds Content-Length, on which S3 clients rely.
    response.setHeaders(new Map(Object.entries(headers))).end(answered);
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readRequest(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  whole: Pick<AwsRequest, 'service' | 'region' | 'body'>,
): AwsRequest {
  const { pathname: path, searchParams: query } = new URL(url, 'http://aws');
  const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const action = form ? (new URLSearchParams(whole.body.toString()).get('Action') ?? '') : actionOf({ headers });
  return { ...whole, method, path, query, action, headers };
}

/** The action in the JSON protocol: `x-amz-target: SERVICE.ACTION`. */
export const actionOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string =>
  String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1) ?? '';

export async function ask(
  emulator: string,
  request: IncomingMessage,
  { headers, body }: Pick<AwsRequest, 'headers' | 'body'>,
): Promise<AwsAnswer> {
  const upstream = openUpstream(emulator, request, { ...headers, 'content-length': String(body.length) });
  upstream.end(body);
  const [answered] = (await once(upstream, 'response')) as [IncomingMessage];
  // Removes DynamoDB's checksum, because a supplement may change the body, and clients refuse a checksum that does not match.
  const {
    'content-length': length,
    'transfer-encoding': _,
    'x-amz-crc32': __,
    ...kept
  } = answered.headers as Record<string, string>;
  // Content-Length is kept for HEAD only. For other answers Node counts it again, since the body may have changed.
  const told = request.method === 'HEAD' && length !== undefined ? { ...kept, 'content-length': length } : kept;
  return { status: answered.statusCode ?? 502, headers: told, body: await buffer(answered) };
}
