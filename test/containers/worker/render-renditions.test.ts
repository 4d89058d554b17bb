import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { openImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { imagePartition, renditionSortKey } from '../../../shared/contracts/table.ts';
import { photograph, quadrants } from '../../support/images/picture.ts';
import { LIMITS_WITHOUT_BUDGET } from '../../support/worker/rendition-run.ts';
import { type Bench, bodyOf, delivery, request, startBench } from '../../support/worker/worker-bench.ts';

const { maxAttempts, maxReceiveCount } = QUEUE_TIMING;

/** Whether a request writes down that an attempt at a rendition begins. */
function isBeginning(request: object, imageId: string, name: string): boolean {
  const { Key, UpdateExpression, ExpressionAttributeValues = {} } = request as Partial<UpdateCommandInput>;
  const isOfRendition = Key?.pk === imagePartition(imageId) && Key.sk === renditionSortKey(name);
  return UpdateExpression !== undefined && isOfRendition && ExpressionAttributeValues[':status'] === 'processing';
}

describe('renderRenditions', () => {
  let bench: Bench;
  let picture: Buffer;
  const thumb = request('thumb', [{ operation: 'resize', width: 20 }]);
  const small = request('small', [{ operation: 'resize', width: 10 }]);
  /** One operation of libvips that takes far longer than its process may, and that no time limit interrupts. */
  const endless = request('endless', [{ operation: 'blur', sigma: 1000 }]);

  before(async () => {
    bench = await startBench();
    picture = await quadrants(40, 30).png().toBuffer();
  });
  after(() => bench.stop());

  const states = async (imageId: string, names: string[]) =>
    await Promise.all(
      names.map(async (name) => {
        const made = await bench.rendition(imageId, name);
        return [name, made?.status, made?.failure?.code, made?.attempts];
      }),
    );

  for (const receiveCount of [1, maxReceiveCount]) {
    it(`makes the other renditions when one ends its process, at receive ${receiveCount}`, async () => {
      // Many times what the others take, which are not to end by it on a busy machine.
      const processes = openImageProcessPool({
        processes: 1,
        memoryBytes: 1024 ** 3,
        timeoutSeconds: 2,
        graceSeconds: 0.5,
      });
      const renditions = [thumb, endless, small];
      const bytes = await photograph(2400, 1800).jpeg().toBuffer();
      const imageId = await bench.store({ bytes, renditions });
      try {
        await bench.process({ processes, limits: LIMITS_WITHOUT_BUDGET })(
          delivery(bodyOf(imageId, renditions), { receiveCount }),
        );
      } finally {
        await processes.stop();
      }
      expect(await states(imageId, ['thumb', 'endless', 'small'])).to.deep.equal([
        ['thumb', 'ready', undefined, 1],
        ['endless', 'failed', 'processing_timeout', 1],
        ['small', 'ready', undefined, 1],
      ]);
    });
  }

  it('begins no other rendition of a drawing after two processes were ended over it', async () => {
    const processes = openImageProcessPool({
      processes: 1,
      memoryBytes: 1024 ** 3,
      timeoutSeconds: 2,
      graceSeconds: 0.5,
    });
    const again = ['endless', 'too', 'three'].map((name) => ({ ...endless, name }));
    const renditions = [thumb, ...again, small];
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="2400" height="1800"><rect width="50%" height="50%"/></svg>';
    const imageId = await bench.store({ bytes: Buffer.from(svg), renditions, contentType: 'image/svg+xml' });
    try {
      await bench.process({ processes, limits: LIMITS_WITHOUT_BUDGET })(delivery(bodyOf(imageId, renditions)));
    } finally {
      await processes.stop();
    }
    expect(await states(imageId, ['thumb', 'endless', 'too', 'three', 'small'])).to.deep.equal([
      ['thumb', 'ready', undefined, 1],
      ['endless', 'failed', 'processing_timeout', 1],
      ['too', 'failed', 'processing_timeout', 1],
      ['three', 'failed', 'rendition_too_costly', 1],
      ['small', 'failed', 'rendition_too_costly', 1],
    ]);
  });

  it('does not fail a rendition because many messages ask for it at the same time', async () => {
    const rendition = { status: 'processing', attempts: maxAttempts + 3 } as const;
    const imageId = await bench.store({ bytes: picture, renditions: [thumb], rendition });
    await bench.process()(delivery(bodyOf(imageId, [thumb]), { receiveCount: 1 }));
    expect((await bench.rendition(imageId))?.status).to.equal('ready');
  });

  it('fails renditions instead of leaving them queued when a worker that ends releases their message at its last receive', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb, small], rendition: { attempts: 1 } });
    const stopping = AbortSignal.abort(new Error('the worker ends'));
    const receive = bench.process()(
      delivery(bodyOf(imageId, [thumb, small]), { receiveCount: maxReceiveCount, stopping }),
    );
    expect(await receive.catch((reason: Error) => reason.message)).to.equal('the worker ends');
    expect(await states(imageId, ['thumb', 'small'])).to.deep.equal([
      ['thumb', 'ready', undefined, 2],
      ['small', 'failed', 'processing_failed', 2],
    ]);
  });

  it('counts no attempt when one of the renditions could not be begun', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb, small] });
    let refused = 0;
    const { middlewareStack } = bench.table.documents;
    middlewareStack.add(
      (next) => async (args) => {
        // The table is asked for other things too, in an order that differs from run to run.
        if (!isBeginning(args.input, imageId, 'small')) return await next(args);
        refused += 1;
        throw new Error('throttled');
      },
      { step: 'initialize', name: 'refuseOne' },
    );
    try {
      const receive = bench.process()(delivery(bodyOf(imageId, [thumb, small])));
      expect(await receive.catch((reason: Error) => reason.message)).to.match(/^DynamoDB does not answer/);
    } finally {
      middlewareStack.remove('refuseOne');
    }
    expect(refused).to.equal(1);
    expect(await states(imageId, ['thumb', 'small'])).to.deep.equal([
      ['thumb', 'queued', undefined, 0],
      ['small', 'queued', undefined, 0],
    ]);
  });
});
