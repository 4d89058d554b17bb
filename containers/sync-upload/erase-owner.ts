import type { ErasureView } from '../../shared/contracts/api/erasure-view.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type ErasureOptions, workOnErasure } from './erasure.ts';
import type { ErasureDependencies } from './erasure-pass.ts';

const RETRY_AFTER_SECONDS = 1;

/** `DELETE /v1/owners/{owner}/images` */
export const eraseOwner =
  (dependencies: ErasureDependencies, options: ErasureOptions): Handler =>
  async (request, h) => {
    const view: ErasureView = await workOnErasure(String(request.params.owner), dependencies, options);
    const answer = h.response(view).header('cache-control', 'no-store');
    return view.status === 'done' ? answer : answer.code(202).header('retry-after', String(RETRY_AFTER_SECONDS));
  };
