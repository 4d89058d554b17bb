import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Visibility } from '../../shared/domain/image-record.ts';
import type { NamedPart } from '../../shared/domain/multipart-upload.ts';
import { makeFolders } from '../local/data-folder/make-folders.ts';
import type { AskedRendition } from './service-client.ts';

/** The state that must outlive this process so that an upload can be resumed. */
export interface UploadState {
  /** Written before the first request, so that the request can be repeated if its answer is lost. */
  idempotencyKey: string;
  uploadId?: string;
  /** The list of parts with which the upload was completed: parts cannot be listed while the service completes it. */
  parts?: NamedPart[];
}

/** Identifies an upload across runs. The name of the file and its dates do not count. */
export interface UploadIdentity {
  base: string;
  checksumSha256: string;
  renditions: AskedRendition[];
  visibility?: Visibility | undefined;
  /** Who uploads: nobody can resume the upload of another owner. */
  caller?: string | undefined;
}

const folder = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'image-service', 'uploads');

/** The state of one upload, in a file that is written atomically. */
export class UploadStateFile {
  readonly #path: string;

  constructor({ base, checksumSha256, renditions, visibility, caller }: UploadIdentity) {
    const identity = JSON.stringify([
      base,
      checksumSha256,
      renditions,
      ...(visibility || caller ? [visibility, caller] : []),
    ]);
    this.#path = join(folder(), `${createHash('sha256').update(identity).digest('hex')}.json`);
  }

  /** Undefined if there is no state or it cannot be parsed. */
  async read(): Promise<UploadState | undefined> {
    try {
      const state: Partial<UploadState> = JSON.parse(await readFile(this.#path, 'utf8'));
      return typeof state.idempotencyKey === 'string' ? (state as UploadState) : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(state: UploadState): Promise<void> {
    makeFolders(folder(), 0o700);
    const temporary = `${this.#path}.${process.pid}`;
    await writeFile(temporary, JSON.stringify(state), { mode: 0o600, flush: true });
    await rename(temporary, this.#path);
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}
