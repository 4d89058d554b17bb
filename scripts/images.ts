import { runCommand, WrongUse } from './command-line.ts';
import { buildImages } from './images/build.ts';
import { readBuildOptions, readPushOptions } from './images/options.ts';
import { pushImages } from './images/push.ts';

const COMMANDS = {
  build: async (args: string[]) => buildImages(readBuildOptions(args)),
  push: async (args: string[]) => pushImages(readPushOptions(args)),
};

await runCommand(() => {
  const [command = '', ...args] = process.argv.slice(2);
  // Help for the command as a whole is that of its first word.
  if (command === '--help') return COMMANDS.build([command]);
  if (!Object.hasOwn(COMMANDS, command))
    throw new WrongUse(`npm run images takes build or push, not ${command || 'nothing'}: npm run images -- --help`);
  return COMMANDS[command as keyof typeof COMMANDS](args);
});
