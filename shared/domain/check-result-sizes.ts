import { type Command, leavesUnknownSize } from './commands.ts';
import { checkPixels, checkResult, resizedTo, type Size } from './geometry.ts';
import type { Original } from './original.ts';
import { orderedCommands, sizeBehind } from './plan.ts';

/**
 * Refuses a list of commands if the image would be larger than allowed after one of them, as far as that is known before processing:
 * `output_too_large`. The check ends at a command whose resulting size depends on the content of the image.
 */
export function checkSizes(commands: readonly Command[], original: Original, maxPixels: number): void {
  let size: Size = original;
  for (const command of orderedCommands(commands)) {
    if (leavesUnknownSize(command)) return;
    if (command.operation === 'resize') checkPixels(resizedTo(size, command).scaled, maxPixels);
    size = sizeBehind(command, size, original);
    // An original may be larger than a result.
    if (command.operation !== 'autoOrient') checkResult(size, maxPixels);
  }
}
