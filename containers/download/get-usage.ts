import { usageView } from '../../shared/contracts/api/usage-view.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { OwnerLimits } from '../../shared/domain/owner-limits.ts';
import { ownerOf, principalOf } from '../../shared/http/authentication.ts';
import type { Handler } from '../../shared/http/server.ts';

/** `GET /v1/usage`. What another owner has used is told to the operator of the deployment only. */
export const getUsage =
  (limits: OwnerLimits): Handler =>
  async (request, h) => {
    const { owner = ownerOf(request) } = request.query as { owner?: string };
    if (owner !== ownerOf(request) && !principalOf(request)?.scopes.includes('admin'))
      throw new ImageServiceError(
        'forbidden',
        'Only the scope `admin` may ask about another owner. Leave `owner` out.',
      );
    const view = usageView(owner, limits.values, await limits.used(owner));
    return h.response(view).header('cache-control', 'no-store');
  };
