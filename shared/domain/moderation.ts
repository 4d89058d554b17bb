import type { ImageRecord } from './image-record.ts';

/** Which images wait for somebody's decision before their bytes are delivered: none, those that others may see, or all. */
export const MODERATION_SETTINGS = ['off', 'public', 'all'] as const;
export type ModerationSetting = (typeof MODERATION_SETTINGS)[number];

/** What somebody may decide. */
export const MODERATION_DECISIONS = ['approved', 'rejected'] as const;
export type ModerationDecision = (typeof MODERATION_DECISIONS)[number];

type Seen = Pick<ImageRecord, 'visibility' | 'watermarkFor'>;

/** Whether others than the owner may see an image: a private one too, if renditions that they see may show it as their watermark. */
const isSeenByOthers = ({ visibility, watermarkFor = 'own' }: Seen): boolean =>
  visibility !== 'private' || watermarkFor !== 'own';

const PENDING = { moderation: 'pending' } as const;

type Waiting = Partial<typeof PENDING>;

/** The moderation of a new image. */
export const moderationOfNew = (setting: ModerationSetting, image: Seen): Waiting =>
  setting === 'all' || (setting === 'public' && isSeenByOthers(image)) ? PENDING : {};

/** The moderation of an image that is changed: it waits if others come to see it, and nobody was asked about it. */
export const moderationOfChanged = (setting: ModerationSetting, before: ImageRecord, after: Seen): Waiting =>
  setting !== 'off' && before.moderation === undefined && !isSeenByOthers(before) && isSeenByOthers(after)
    ? PENDING
    : {};
