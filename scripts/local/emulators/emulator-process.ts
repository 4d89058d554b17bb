import { flushCompileCache } from 'node:module';
import { LONGEST_HIDDEN_SECONDS } from '../../../shared/contracts/queue-timing.ts';
import { onParentExit } from '../../../shared/runtime/parent-process.ts';
import { runCommand, WrongUse } from '../../command-line.ts';
import { onClockSetBack } from './clock-steps.ts';
import { EMULATORS, isEmulatorName } from './emulators.ts';
import { hasOverlongHidden } from './queue-repair.ts';

/**
 * One emulator in a process of its own, so that its end is nobody else's: `node emulator-process.ts NAME PORT [FOLDER]`, with the access key
 * and the durability in the environment. Ends at SIGTERM, or when whoever started it is gone.
 */
await runCommand(async () => {
  const [name = '', port = '', folder] = process.argv.slice(2);
  const accessKeyId = process.env.AWS_ACCESS_KEY_ID;
  const durability = process.env.DURABILITY === 'os' ? 'os' : 'fsync';
  if (!isEmulatorName(name) || !/^\d+$/.test(port) || !accessKeyId) {
    throw new WrongUse(`This takes ${Object.keys(EMULATORS).join(' or ')}, a port, a folder, and AWS_ACCESS_KEY_ID.`);
  }
  onParentExit(() => process.exit(0));
  const emulator = await EMULATORS[name]({ port: Number(port), folder, accessKeyId, durability });
  flushCompileCache();
  // A queue tells by the clock until when its messages are hidden. At its next start it finds those that are hidden for too long.
  if (name === 'sqs' && folder) {
    onClockSetBack(LONGEST_HIDDEN_SECONDS * 1000, () => {
      if (!hasOverlongHidden(folder)) return;
      process.stderr.write('The clock has been set back; the queue starts again to make nobody wait for that time.\n');
      process.exit(1);
    });
  }
  const end = () => void emulator.stop().then(() => process.exit(0));
  process.once('SIGTERM', end);
});
