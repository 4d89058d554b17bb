import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { NamedPart } from '../../shared/domain/multipart-upload.ts';
import { makeFolders } from '../make-folders.ts';
import type { AskedRendition } from './service-client.ts';

/** What must outlive this process for an upload to be resumed. */
export interface UploadState {
  /** Written before the first request, so that one whose answer nobody read can be repeated. */
  idempotencyKey: string;
  uploadId?: string;
  /** The list that it was asked to be completed from: while that is under way nobody can list the parts. */
  parts?: NamedPart[];
}

/** What makes two runs the same upload; neither the name of the file nor its dates. */
export interface UploadIdentity {
  base: string;
  checksumSha256: string;
  renditions: AskedRendition[];
}

const folder = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'image-service', 'uploads');

/** The state of one upload, in a file of its own that is there whole or not at all. */
export class UploadStateFile {
  readonly #path: string;

  constructor({ base, checksumSha256, renditions }: UploadIdentity) {
    const identity = JSON.stringify([base, checksumSha256, renditions]);
    this.#path = join(folder(), `${createHash('sha256').update(identity).digest('hex')}.json`);
  }

  /** Undefined if there is none, or none that can be understood. */
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
