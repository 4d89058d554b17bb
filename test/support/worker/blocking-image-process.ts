import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope, Order } from '../../../containers/worker/image-processes/protocol.ts';
import '../../../containers/worker/image-processes/image-process.ts';

/** image-process.ts, that never comes back to its event loop from describing an image. It leaves a file `blocked` in the job's folder then. */
let folder = '';

process.on('message', ({ content: order }: Envelope<Order>) => {
  if (order.order === 'open') ({ folder } = order.job);
  if (order.order !== 'describe') return;
  writeFileSync(join(folder, 'blocked'), '');
  for (;;);
});
