import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope, Order } from '../../../containers/worker/image-processes/protocol.ts';
import '../../../containers/worker/image-processes/image-process.ts';

/**
 * An image-process.ts that blocks its event loop for ever when it describes an image. It then leaves a file `blocked` in the job's folder.
 */
let folder = '';

process.on('message', ({ content: order }: Envelope<Order>) => {
  if (order.order === 'open') ({ folder } = order.job);
  if (order.order !== 'describe') return;
  writeFileSync(join(folder, 'blocked'), '');
  for (;;);
});
