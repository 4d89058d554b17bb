import { constants } from 'node:os';
import prettyBytes from 'pretty-bytes';
import type { ImageView } from '../shared/contracts/api/image-view.ts';
import { runCommand } from './command-line.ts';
import { printable, printableJson } from './terminal/printable.ts';
import { callerOf } from './upload/caller.ts';
import { ConnectionLost } from './upload/http-exchange.ts';
import { readOptions } from './upload/options.ts';
import { UnfitFile } from './upload/photo-file.ts';
import { Progress } from './upload/progress.ts';
import { Refusal } from './upload/retries.ts';
import { NoService, ServiceClient } from './upload/service-client.ts';
import { type UploadOptions, uploadPhoto } from './upload/upload-photo.ts';

/** The images uploaded so far, and the progress of the current file. */
interface Run {
  images: ImageView[];
  progress: Progress | undefined;
  isJson: boolean;
}

/** Uploads one file after the other, and goes on after one that fails. Returns the exit status. */
async function uploadAll(paths: string[], options: UploadOptions, run: Run): Promise<number> {
  let failed = 0;
  for (const path of paths) {
    const progress = new Progress(path);
    run.progress = progress;
    try {
      const image = await uploadPhoto(path, options, progress);
      run.images.push(image);
      if (!run.isJson) process.stdout.write(`${printable(lineFor(path, image, options.client.base))}\n`);
    } catch (error) {
      progress.stop();
      process.stderr.write(`${printable(path + explain(error))}\n`);
      failed += 1;
    }
  }
  printRecords(run);
  return failed > 0 ? 1 : 0;
}

const lineFor = (path: string, { imageId, contentLength, links }: ImageView, base: string): string =>
  `${path}: image ${imageId}, ${prettyBytes(contentLength)}, ${base}${links.self}`;

function printRecords({ isJson, images }: Run): void {
  if (isJson) process.stdout.write(`${printableJson(images)}\n`);
}

/** Returns the message of an expected error, and the stack trace of an unexpected one. */
function explain(error: unknown): string {
  if (error instanceof UnfitFile) return ` ${error.message}.`;
  if (error instanceof Refusal || error instanceof NoService) return `: ${error.message}`;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  return error instanceof ConnectionLost || code ? `: ${message}.` : `: ${stack}`;
}

/** The state of an upload is always on disk, so this only tells the user. */
function endOnSignals(run: Run): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      run.progress?.stop();
      process.stderr.write('Stopped. Run it again to upload the rest: it resumes where it stopped.\n');
      printRecords(run);
      process.exit(128 + constants.signals[signal]);
    });
  }
}

async function main(): Promise<number> {
  const { paths, url, apiKey, json: isJson, ...asked } = readOptions();
  const run: Run = { images: [], progress: undefined, isJson };
  endOnSignals(run);
  const onRetry = (reason: string, seconds: number) => {
    const text = `${reason.replace(/\.$/, '')}; trying again in ${seconds.toFixed(1)} s`;
    if (run.progress) run.progress.note(text);
    else process.stderr.write(`${printable(text)}\n`);
  };
  const client = new ServiceClient(url, { apiKey, onRetry });
  try {
    return await uploadAll(paths, { ...asked, client, caller: callerOf(apiKey), limits: await client.limits() }, run);
  } catch (error) {
    process.stderr.write(`Is there an image service at ${url}?${printable(explain(error).slice(1))}\n`);
    return 1;
  }
}

await runCommand(main);
