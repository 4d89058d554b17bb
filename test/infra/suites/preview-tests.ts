import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { scopeOf } from '../../../scripts/test-aws/relay.ts';
import { bootstrap, workflowStatements } from '../../support/stacks/bootstrap.ts';
import { listOf } from '../../support/stacks/policies.ts';
import type { AppliedStacks } from '../applied/applied-stacks.ts';
import { actionOf, ask } from '../aws-stand-in.ts';
import { WHOSE_ACCOUNT } from '../iam/apply-guard.ts';
import type { Workspace } from '../terraform.ts';

/** A proxy in front of an emulator that records every action as `service:Action`. */
async function startRecorder(emulator: string) {
  const actions = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { service } = scopeOf(request);
    const action = actionOf(request) || new URLSearchParams(body.toString()).get('Action');
    actions.add(`${service}:${action ?? `${request.method} ${request.url}`}`);
    const answered = await ask(emulator, request, { headers: request.headers, body });
    response.writeHead(answered.status, answered.headers).end(answered.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, actions, stop };
}

/** Tests the plan of a pull request. */
export function previewTests(applied: () => AppliedStacks, environment: string): void {
  it('can be planned with the rights of the role of pull requests, with the same result', async () => {
    const { aws, workspaces } = applied();
    const allowed = workflowStatements(bootstrap(), 'preview').flatMap(({ Action }) => listOf(Action));
    const recorder = await startRecorder(aws.endpoint);
    try {
      for (const stack of ['storage', 'platform']) {
        const workspace = workspaces[`${stack}-${environment}`] as Workspace;
        expect(await workspace.preview(recorder.url), stack).to.deep.equal([]);
      }
    } finally {
      await recorder.stop();
    }
    expect([...recorder.actions]).to.include('ssm:GetParameter');
    expect([...allowed, ...WHOSE_ACCOUNT]).to.include.members([...recorder.actions]);
  });
}
