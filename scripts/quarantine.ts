import { randomUUID } from 'node:crypto';
import { runCommand } from './command-line.ts';
import { findQuarantined, type Quarantined } from './quarantine/find-quarantined.ts';
import { readOptions } from './quarantine/options.ts';
import { type Observer, redriveAll, redriveTargets } from './quarantine/redrive.ts';
import type { Redriven, RedriveRun } from './quarantine/redrive-image.ts';
import { letterTable, renditionTable } from './quarantine/tables.ts';
import { findTargetStack, type TargetStack } from './quarantine/target-stack.ts';
import { explainAwsError } from './target-stack/explain-aws-error.ts';
import { printable, printableJson } from './terminal/printable.ts';

type Options = ReturnType<typeof readOptions>;

/** How many renditions, and how many messages, are listed without `--limit`. */
const LISTED = 100;

const print = (value: unknown): void =>
  void process.stdout.write(`${typeof value === 'string' ? printable(value) : printableJson(value)}\n`);

async function list(stack: TargetStack, { code, owner, limit = LISTED, json }: Options): Promise<number> {
  const quarantined = await findQuarantined(stack, { code, owner, limit });
  print(json ? quarantined : `${stack.label}\n\n${describe(quarantined, { code, owner })}`);
  return 0;
}

function describe(quarantined: Quarantined, { code, owner }: Pick<Options, 'code' | 'owner'>): string {
  const { failedRenditions, isTruncated, deadLetters, deadLetterCount } = quarantined;
  const { waiting, held } = deadLetterCount;
  const suffix = `${code ? ` with ${code}` : ''}${owner === undefined ? '' : ` of ${owner}`}`;
  return [
    failedRenditions.length > 0
      ? `Renditions that failed for good${suffix}\n\n${renditionTable(quarantined)}`
      : `No rendition failed for good${suffix}.`,
    ...(isTruncated ? ['These are the newest; --limit shows more.'] : []),
    deadLetters.length > 0
      ? `Messages in the dead-letter queue${suffix}\n\n${letterTable(quarantined)}`
      : `No message is in the dead-letter queue${suffix}.`,
    ...(waiting > deadLetters.length && !code && owner === undefined
      ? [`These are some of about ${waiting}; --limit shows more.`]
      : []),
    ...(held > 0 ? [`About ${held} more are being read by another process: look again in half a minute.`] : []),
  ].join('\n\n');
}

async function redrive(stack: TargetStack, { targets, code, owner, limit, json }: Options): Promise<number> {
  const run: RedriveRun = { stack, requestId: randomUUID(), code, owner, limit, sent: new Set() };
  const report = {
    requestId: run.requestId,
    redriven: [] as Redriven[],
    refused: [] as { imageId: string; reason: string }[],
    left: [] as { messageId: string; reason: string }[],
  };
  const observer: Observer = {
    redriven: (what) => {
      report.redriven.push(what);
      if (!json) print(sentence(what));
    },
    refused: (imageId, reason) => {
      report.refused.push({ imageId, reason });
      process.stderr.write(`${printable(reason)}\n`);
    },
    left: ({ letter, reason }) => void report.left.push({ messageId: letter.messageId, reason }),
  };
  try {
    if (targets.length > 0) await redriveTargets(targets, run, observer);
    else await redriveAll(run, observer);
  } finally {
    if (json) print(report);
    else print(summary(run, report.left.length));
  }
  return report.refused.length > 0 ? 1 : 0;
}

const sentence = ({ imageId, renditions, messageIds }: Redriven): string => {
  const sent = renditions.length > 0 ? `${renditions.join(', ')} sent to the workers` : 'nothing left to make';
  return `${imageId}: ${sent}${messageIds.length > 0 ? `, dead letters removed: ${messageIds.length}` : ''}`;
};

const summary = ({ sent, requestId }: RedriveRun, left: number): string =>
  [
    `Renditions sent to the workers: ${sent.size}${sent.size > 0 ? ` (request ${requestId})` : ''}.`,
    ...(left > 0
      ? [`Messages left in the dead-letter queue because they are not messages of this service: ${left}.`]
      : []),
  ].join('\n');

async function main(): Promise<number> {
  const options = readOptions();
  const stack = await findTargetStack(options.data, process.env);
  return options.verb === 'redrive' ? redrive(stack, options) : list(stack, options);
}

await runCommand(main, explainAwsError);
