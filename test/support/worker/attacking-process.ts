import type { Envelope, Order } from '../../../containers/worker/image-processes/protocol.ts';
import { attack, lookAtSelf } from './attack.ts';

/** Started alone with the ids of processes to attack, or as an image process is, which then attacks who started it. */
const pids = process.argv
  .slice(2)
  .filter((each) => /^pid:\d+$/.test(each))
  .map((each) => Number(each.slice(4)));
if (pids.length > 0) process.stdout.write(JSON.stringify(pids.map(attack)));

process.on('message', ({ id }: Envelope<Order>) => {
  process.send?.({ id, content: { self: lookAtSelf(), parent: attack(process.ppid) } });
});
