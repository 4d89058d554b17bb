import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Numbered, Order } from '../../../containers/worker/process-orders.ts';
import '../../../containers/worker/image-process.ts';

/** image-process.ts, that never comes back to its event loop from describing an image. It leaves a file `blocked` in the job's folder then. */
let folder = '';

process.on('message', ({ content: order }: Numbered<Order>) => {
  if (order.order === 'open') ({ folder } = order.job);
  if (order.order !== 'describe') return;
  writeFileSync(join(folder, 'blocked'), '');
  for (;;);
});
