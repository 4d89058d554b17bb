import { isOwner, OWNER_BYTES } from '../../domain/principal.ts';
import { lineOfTextSchema } from './line-of-text.ts';

/** An owner, as a request names it. */
export const ownerSchema = lineOfTextSchema
  .custom((value: unknown, helpers) => (isOwner(value) ? value : helpers.error('owner.form')))
  .messages({
    'owner.form': `{{#label}} must have 1 to ${OWNER_BYTES} bytes in UTF-8, in the form NFC of Unicode, and be neither "." nor ".."`,
  });
