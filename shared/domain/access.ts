import type { Visibility } from './image-record.ts';
import type { Principal } from './principal.ts';

/** Whether the bytes of an image may be delivered: `pending` until somebody has decided. Images without it were never asked about. */
export const MODERATIONS = ['pending', 'approved', 'rejected'] as const;
export type Moderation = (typeof MODERATIONS)[number];

/** What decides who may see an image or one of its renditions. */
export interface AccessTarget {
  owner: string;
  /** An image without visibility is public. */
  visibility?: Visibility | undefined;
  moderation?: Moderation | undefined;
  /** A rendition that shows a private watermark is private, whatever its image is. */
  isPrivateRendition?: boolean | undefined;
}

/** `record`: what is known of an image. `bytes`: the original or a rendition. `change`: renditions, visibility, links, deletion. */
export type AccessNeed = 'record' | 'bytes' | 'change';

/** Other proofs than credentials: a signed link of this service for just this path, or a signature that the CDN has checked. Both open bytes only. */
export interface SignedAccess {
  isSigned?: boolean | undefined;
}

/** `hide`: as if there were no such image. `hold`: it is the caller's own, and its bytes are held until they are approved. */
export type AccessDecision = 'allow' | 'hide' | 'hold';

/** The one rule of who may see or change what. Scopes are not part of it: routes ask for them before. */
export function decideAccess(
  principal: Principal | undefined,
  target: AccessTarget,
  need: AccessNeed,
  { isSigned = false }: SignedAccess = {},
): AccessDecision {
  const isOwn = principal !== undefined && principal.kind !== 'upload-token' && principal.owner === target.owner;
  if (need !== 'bytes') return isOwn ? 'allow' : 'hide';
  const isPublic = target.visibility !== 'private' && !target.isPrivateRendition;
  if (!isOwn && !isSigned && !isPublic) return 'hide';
  if (target.moderation === 'pending' || target.moderation === 'rejected') return isOwn ? 'hold' : 'hide';
  return 'allow';
}

/** Whether everybody may have the bytes of an image, so that shared caches may keep them. */
export const isForEverybody = (target: AccessTarget): boolean => decideAccess(undefined, target, 'bytes') === 'allow';
