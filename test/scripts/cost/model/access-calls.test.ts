import { expect } from 'chai';
import { type AccessSettings, accessOf, withLimits } from '../../../../scripts/cost/model/access-calls.ts';
import {
  type AwsCall,
  callsOf,
  type Operation,
  REQUESTS_PER_OPERATION,
} from '../../../../scripts/cost/model/requests-per-operation.ts';
import { allResources } from '../../../../scripts/cost/model/resource.ts';
import { owedPartsOf } from '../../../../shared/contracts/table.ts';
import { DEFAULT_OWNER_LIMITS, NO_OWNER_LIMITS } from '../../../../shared/domain/owner-limits.ts';
import { type Changes, synthesised } from '../../../support/cost/synthesised.ts';
import { eventually } from '../../../support/eventually.ts';
import { type CountingProxy, startCountingProxy, sumOfCounts } from '../../../support/http/counting-proxy.ts';
import { jsonOf, type Outgoing, send } from '../../../support/http/http-client.ts';
import { says, startModerator } from '../../../support/http/moderator.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { multipartClient } from '../../../support/services/multipart-client.ts';
import { type Services, type ServicesOptions, startServices } from '../../../support/services/services.ts';

const LIMITED: AccessSettings = {
  ...{ limits: DEFAULT_OWNER_LIMITS, hasKeys: true, moderation: 'off', hasWebhook: false },
};
const OFF: AccessSettings = { ...LIMITED, limits: NO_OWNER_LIMITS };
const PARTS = 2;
const jpeg = await photograph('jpeg');

/** What the model says that an operation asks DynamoDB for. */
function expectedOf(operation: Operation, access = LIMITED): Record<string, number> {
  const calls: readonly AwsCall[] = withLimits(REQUESTS_PER_OPERATION, access)[operation];
  const ofTable = calls.filter(({ service }) => service === 'dynamodb');
  return sumOfCounts(...ofTable.map((call) => ({ [call.api]: callsOf(call, { renditions: 1, parts: PARTS }) })));
}

describe('what access adds to the requests of an operation', () => {
  let services: Services;
  let proxies: CountingProxy[] = [];
  let stopServices: () => Promise<void>;
  const start = async (options: ServicesOptions) => {
    services = await startServices({
      ...options,
      endpoint: async (emulator) => {
        const proxy = await startCountingProxy(emulator);
        proxies.push(proxy);
        return proxy.url;
      },
    });
    let stopped: Promise<void> | undefined;
    stopServices = () => (stopped ??= services.stop());
  };
  afterEach(async () => {
    await stopServices?.();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    proxies = [];
  });

  /** What DynamoDB was asked for since the last time. */
  function take(): Record<string, number> {
    const {
      SendMessage: _queue,
      ReceiveMessage: _polls,
      ...asked
    } = sumOfCounts(...proxies.map((each) => each.take()));
    return asked;
  }
  const call = async (base: string, outgoing: Outgoing, status: number) => {
    take();
    const answer = await send(base, outgoing);
    expect(answer.status, answer.body.toString('latin1', 0, 500)).to.equal(status);
    return { answer, asked: take() };
  };
  const upload = (visibility = 'private') =>
    call(
      services.upload,
      { method: 'POST', path: `/v1/images?visibility=${visibility}&rendition=thumb`, body: jpeg },
      201,
    );

  it('are a write for each request and two for each upload, where there are the limits of owners', async () => {
    await start({ ownerLimits: DEFAULT_OWNER_LIMITS });
    const { answer, asked } = await upload();
    expect(asked).to.deep.equal(expectedOf('uploadImage'));
    const { links } = jsonOf(answer);
    expect((await call(services.download, { path: links.original }, 200)).asked).to.deep.equal(expectedOf('readBytes'));
    const list = await call(services.download, { path: '/v1/images' }, 200);
    expect(list.asked).to.deep.equal(expectedOf('listImages'));
  });

  it('are the same for each part of an upload', async () => {
    await start({ ownerLimits: DEFAULT_OWNER_LIMITS });
    const client = multipartClient(() => services.asyncUpload);
    const { uploadId } = await client.begin();
    take();
    await client.part(uploadId, 1, jpeg);
    const { UpdateItem } = take();
    expect(Number(UpdateItem) * PARTS).to.equal(expectedOf('uploadParts').UpdateItem);
  });

  it('are those of the model for an image of which a webhook is told, beside looks of a query for each part', async () => {
    const moderator = await startModerator();
    moderator.answer = says({ decision: 'approved' });
    await start({ moderation: 'all', moderationWebhook: moderator.url });
    take();
    await send(services.upload, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg });
    await eventually('the notice', () => services.logs.some(({ msg }) => msg === 'moderation notice sent'));
    // No look is cut short by the end.
    await stopServices();
    await moderator.stop();
    const { UpdateItem, Query } = take();
    const model = sumOfCounts(expectedOf('uploadImage', OFF), expectedOf('tellModerator', OFF));
    expect(UpdateItem).to.equal(model.UpdateItem);
    expect((Number(Query) - Number(model.Query)) % owedPartsOf('owed_moderation').length).to.equal(0);
  });

  it('are read out of the settings, and none where these are off', () => {
    const read = (changes: Changes) => accessOf(allResources(synthesised('dev', changes)));
    const { api } = { api: { moderation: { images: 'all', webhookUrl: 'https://scan.example.com/x' } } } as const;
    expect(read({})).to.deep.equal(LIMITED);
    expect(read({ api }).hasWebhook).to.equal(true);
    expect(read({ api }).moderation).to.equal('all');
    const off = read({ api: { limits: 'off' } });
    expect(off.limits).to.deep.equal(NO_OWNER_LIMITS);
    expect(withLimits(REQUESTS_PER_OPERATION, off)).to.deep.equal(REQUESTS_PER_OPERATION);
  });
});
