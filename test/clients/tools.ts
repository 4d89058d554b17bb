import { spawnSync } from 'node:child_process';
import { TOOL_VARIABLE, type ToolKind } from '../../scripts/test-clients/tools.ts';

/** For `before`: skips a suite with a message where its tools could not be installed, or where a command that it needs is missing. */
export const skipWithoutTools = (kind: ToolKind, ...commands: string[]) =>
  function skip(this: Mocha.Context): void {
    const missing = [
      ...(process.env[TOOL_VARIABLE[kind]] ? [] : [`the tools of ${kind}`]),
      ...commands.filter(isMissing),
    ];
    if (missing.length === 0) return;
    process.stderr.write(`SKIPPED: ${this.test?.parent?.fullTitle()} needs ${missing.join(' and ')}\n`);
    this.skip();
  };

const isMissing = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).error !== undefined;

/** The folder into which the script has installed the tools of a kind. */
export function toolFolder(kind: ToolKind): string {
  const folder = process.env[TOOL_VARIABLE[kind]];
  if (!folder) throw new Error('These tests are run by npm run test:clients.');
  return folder;
}
