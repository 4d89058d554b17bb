import { type FileHandle, open } from 'node:fs/promises';

type Read = (buffer: Buffer, offset: number, length: number, position: number) => Promise<unknown>;

/** Lets reads of files come short, as read(2) may, while something is done: each has half of the bytes that were asked for. */
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
