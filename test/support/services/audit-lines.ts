import type { AuditLine } from '../../../shared/domain/audit-line.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';

/** A line of the trail, which `requestId` tells from others. */
export const auditLine = (requestId: string, facts: Partial<AuditLine> = {}): AuditLine => ({
  time: new Date().toISOString(),
  requestId,
  operation: 'deleteImage',
  who: { kind: 'key', id: 'KEY', owner: 'Ann' },
  imageId: createImageId(),
  address: '192.0.2.1',
  result: 'done',
  status: 204,
  ...facts,
});
