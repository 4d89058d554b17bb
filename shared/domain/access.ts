import type { Visibility, WatermarkUse } from './image-record.ts';
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

/** Another proof than credentials: a signed link of this service for just this path, or, for bytes, a signature that the CDN has checked. It changes nothing. */
export interface SignedAccess {
  isSigned?: boolean | undefined;
  /** A link for whoever decides on the image, which opens its bytes whoever else may have them. */
  isScan?: boolean | undefined;
}

/** `hide`: as if there were no such image. `hold`: the caller may know of the image, but its bytes are held until they are approved. */
export type AccessDecision = 'allow' | 'hide' | 'hold';

/** The one rule of who may see or change what. Scopes are not part of it: routes ask for them before. */
export function decideAccess(
  principal: Principal | undefined,
  target: AccessTarget,
  need: AccessNeed,
  { isSigned = false, isScan = false }: SignedAccess = {},
): AccessDecision {
  const isOwn = principal !== undefined && principal.kind !== 'upload-token' && principal.owner === target.owner;
  if (need === 'change') return isOwn ? 'allow' : 'hide';
  if (need === 'record') return isOwn || isSigned ? 'allow' : 'hide';
  if (isScan) return 'allow';
  const isPublic = isPublicTarget(target);
  if (!isOwn && !isSigned && !isPublic) return 'hide';
  if (isHeld(target)) return isOwn || (isSigned && target.moderation === 'pending') ? 'hold' : 'hide';
  return 'allow';
}

/** Whether everybody may have the bytes of an image, so that shared caches may keep them. */
export const isForEverybody = (target: AccessTarget): boolean => decideAccess(undefined, target, 'bytes') === 'allow';

const isPublicTarget = ({ visibility, isPrivateRendition }: AccessTarget): boolean =>
  visibility !== 'private' && !isPrivateRendition;

const isHeld = ({ moderation }: AccessTarget): boolean => moderation === 'pending' || moderation === 'rejected';

/** An image that a watermark names. */
export interface WatermarkTarget extends AccessTarget {
  watermarkFor?: WatermarkUse | undefined;
}

/** `hide` and `hold` as above; `private`: it may be used, and what shows it is private; `allow`: it may be seen wherever the image may that shows it. */
export type WatermarkDecision = AccessDecision | 'private';

/** Whether an owner's renditions may show an image as their watermark. */
export function decideWatermark(owner: string, watermark: WatermarkTarget): WatermarkDecision {
  const { watermarkFor = 'own' } = watermark;
  const isOwn = watermark.owner === owner;
  if (!isOwn && watermarkFor !== 'everyone') return 'hide';
  if (isHeld(watermark)) return isOwn ? 'hold' : 'hide';
  return watermarkFor === 'own' && !isPublicTarget(watermark) ? 'private' : 'allow';
}
