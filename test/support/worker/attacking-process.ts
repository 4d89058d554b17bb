import type { Envelope, Order } from '../../../containers/worker/image-processes/protocol.ts';
import { attack, lookAtSelf } from './attack.ts';

/** Attacks the processes with the given ids, or if it is started like an image process, its parent. */
const pids = process.argv
  .slice(2)
  .filter((each) => /^pid:\d+$/.test(each))
  .map((each) => Number(each.slice(4)));
if (pids.length > 0) process.stdout.write(JSON.stringify(pids.map(attack)));

process.on('message', ({ id }: Envelope<Order>) => {
  process.send?.({ id, content: { self: lookAtSelf(), parent: attack(process.ppid) } });
});
