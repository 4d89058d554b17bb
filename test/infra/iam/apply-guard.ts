import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { scopeOf } from '../../../scripts/test-aws/relay.ts';
import { actionOf, ask } from '../aws-stand-in.ts';
import type { Call } from './called-actions.ts';
import { calledRights, type Known, learn, type Right } from './called-rights.ts';

/**
 * A proxy between Terraform and AWS that records what the policies of a role do not allow, and passes everything on. moto allows
 * everything.
 */
export interface ApplyGuard {
  url: string;
  /** Each refused right once, as `ec2:CreateVpc on ARN`, or a message about a call with unknown rights. */
  refused: Set<string>;
  /** The allowed actions. */
  used: Set<string>;
  stop(): Promise<void>;
}

interface Judge {
  accountId: string;
  allows(right: Right): boolean;
  /** Shared by all guards of an AWS, because one stack changes resources that another has created. */
  known: Known;
}

/**
 * The calls by which the provider finds its account: at AWS a call that is always allowed, whatever policies say
 * (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html), and here first a call to IAM, because credentials are
 * not validated.
 */
export const WHOSE_ACCOUNT = ['sts:GetCallerIdentity', 'iam:GetUser'];

/** An address is free when its NAT gateway is gone, but moto keeps it associated, so Terraform makes calls that it does not make at AWS. */
const NOT_OF_AWS = 'ec2:DisassociateAddress';

const callOf = (request: IncomingMessage, body: string): Call => {
  const { service = '', region = '' } = scopeOf(request);
  const operation = actionOf(request) || (new URLSearchParams(body).get('Action') ?? '');
  return { service, region, method: request.method ?? 'GET', url: request.url ?? '/', operation, body };
};

export async function startApplyGuard(emulator: string, { accountId, allows, known }: Judge): Promise<ApplyGuard> {
  const refused = new Set<string>();
  const used = new Set<string>();

  function judge(call: Call): void {
    if (WHOSE_ACCOUNT.includes(`${call.service}:${call.operation}`)) return;
    for (const right of calledRights(call, accountId, known)) {
      if (allows(right)) used.add(right.action);
      else if (right.action !== NOT_OF_AWS)
        refused.add(`${right.action} on ${right.resource} with ${JSON.stringify(right.context)}`);
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const call = callOf(request, body.toString());
    try {
      judge(call);
    } catch (error) {
      refused.add((error as Error).message);
    }
    const answered = await ask(emulator, request, { headers: request.headers, body });
    if (answered.status < 300) learn(call, answered.body.toString(), known);
    response.statusCode = answered.status;
    response.setHeaders(new Map(Object.entries(answered.headers))).end(answered.body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      refused.add(error.message);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, refused, used, stop };
}
