import { randomBytes } from 'node:crypto';
import type { AwsAnswer, AwsRequest, Outside } from './exchange.ts';
import { cut, inside, wrap } from './xml.ts';

/** CreateInvalidation and GetInvalidation. An invalidation is completed at once. */
export function createInvalidations(refuse: (code: string, status?: number) => AwsAnswer, { invalidate }: Outside) {
  const kept = new Map<string, string>();

  const tell = (key: string, batch: string, status: number): AwsAnswer => ({
    status,
    headers: { 'content-type': 'text/xml' },
    body: wrap(
      'Invalidation',
      wrap('Id', key.split('/').at(-1) ?? ''),
      wrap('Status', 'Completed'),
      wrap('CreateTime', '2026-01-01T00:00:00Z'),
      batch,
    ),
  });

  return ({ method, body }: AwsRequest, distributionId: string, id: string | undefined): AwsAnswer => {
    if (method === 'POST') {
      const key = `${distributionId}/I${randomBytes(6).toString('hex').toUpperCase()}`;
      const batch = cut(body.toString(), 'InvalidationBatch').replace(
        /^<InvalidationBatch[^>]*>/,
        '<InvalidationBatch>',
      );
      kept.set(key, batch);
      invalidate?.(distributionId, inside(batch, 'Path'));
      return tell(key, batch, 201);
    }
    const key = `${distributionId}/${id}`;
    const found = kept.get(key);
    return found ? tell(key, found, 200) : refuse('NoSuchInvalidation', 404);
  };
}
