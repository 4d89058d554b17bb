import { type FileHandle, open } from 'node:fs/promises';

type Read = (buffer: Buffer, offset: number, length: number, position: number) => Promise<unknown>;

/** Makes reads of files short while work runs, as read(2) allows: each returns half of the requested bytes. */
export async function withShortReads<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  await using file = await open(path);
  const handles: { read: Read } = Object.getPrototypeOf(file as FileHandle);
  const { read } = handles;
  handles.read = function (buffer, offset, length, position) {
    return Reflect.apply(read, this, [buffer, offset, Math.ceil(length / 2), position]);
  };
  try {
    return await work();
  } finally {
    handles.read = read;
  }
}
