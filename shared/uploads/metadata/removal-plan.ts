import { setImmediate } from 'node:timers/promises';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { irremovable } from './irremovable.ts';
import type { PassingBytes, Walk } from './passing-bytes.ts';
import type { Range } from './tiff-entries.ts';

/** Bytes that are given instead of those at an offset; zeros if there are none. */
export interface Patch extends Range {
  bytes?: Buffer;
  kinds: RemovedMetadata[];
}

/** The parts of a file that stay, and what becomes of the others. */
export interface RemovalPlan {
  /** Keeps bytes as they are; several parts may share them. */
  keep(range: Range): void;
  /** Writes others in their place. No other part may have these bytes. */
  rewrite(at: number, bytes: Buffer, ...kinds: RemovedMetadata[]): void;
  /** Names bytes that nothing that is kept may share. */
  drop(range: Range, kind: RemovedMetadata): void;
  /** What is to be changed, in the order of the file: everything that is neither kept nor rewritten becomes zeros. Sorting may take some turns. */
  patches(): Promise<Patch[]>;
}

/** Parts that are held in memory, and sorted. Strips that follow each other are one: images of scattered tiles have some thousands. */
const MOST_PARTS = 100_000;

/** Bytes that are held in memory: what describes pictures and films (LIMITS.avifMetaBytes), directories, and EXIF. */
const MOST_REWRITTEN_BYTES = 64 * 1024 * 1024;

const byStart = (a: Range, b: Range) => a.start - b.start;

export function openRemovalPlan(size: number): RemovalPlan {
  const kept: Range[] = [];
  const rewritten: Patch[] = [];
  const dropped: Patch[] = [];
  let rewrittenBytes = 0;
  const checked = ({ start, end }: Range): boolean => {
    if (!(start >= 0 && start <= end && end <= size)) throw irremovable('one of its parts lies outside the file');
    if (kept.length + rewritten.length + dropped.length >= MOST_PARTS)
      throw irremovable(`it has more than ${MOST_PARTS} parts`);
    return end > start;
  };
  return {
    keep(range) {
      if (!checked(range)) return;
      const last = kept.at(-1);
      if (last?.end === range.start) last.end = range.end;
      else kept.push({ start: range.start, end: range.end });
    },
    rewrite(at, bytes, ...kinds) {
      const range = { start: at, end: at + bytes.length };
      rewrittenBytes += bytes.length;
      if (rewrittenBytes > MOST_REWRITTEN_BYTES)
        throw irremovable(`its descriptions have more than ${MOST_REWRITTEN_BYTES} bytes`);
      if (checked(range)) rewritten.push({ ...range, bytes, kinds });
    },
    drop(range, kind) {
      if (checked(range)) dropped.push({ start: range.start, end: range.end, kinds: [kind] });
    },
    async patches() {
      const changed = [...rewritten, ...merged(dropped)].sort(byStart);
      await setImmediate();
      const stays = merged(kept);
      refuseShared(changed, stays);
      await setImmediate();
      const taken = [...stays, ...changed].sort(byStart);
      return [...changed, ...gapsIn(taken, size)].sort(byStart);
    },
  };
}

/** Ranges in their order, of which those that touch are one; of patches the first kind counts. */
export function merged<Part extends Range>(parts: readonly Part[]): Part[] {
  const all: Part[] = [];
  for (const part of parts.toSorted(byStart)) {
    const last = all.at(-1);
    if (last && part.start <= last.end) last.end = Math.max(last.end, part.end);
    else all.push({ ...part });
  }
  return all;
}

/** Refuses parts that are to change if others share their bytes. Both are in order, and those that stay do not touch. */
function refuseShared(changed: readonly Range[], kept: readonly Range[]): void {
  let at = 0;
  let end = 0;
  for (const part of changed) {
    while (at < kept.length && (kept[at] as Range).end <= part.start) at += 1;
    const other = kept[at];
    if (part.start < end || (other && other.start < part.end))
      throw irremovable(`what is to be removed at byte ${part.start} is also a part of something else`);
    end = part.end;
  }
}

/** Zeros between parts that are in order. Padding is zero as a rule, and then nothing is removed. */
function gapsIn(parts: readonly Range[], size: number): Patch[] {
  const gaps: Patch[] = [];
  let end = 0;
  for (const part of [...parts, { start: size, end: size }]) {
    if (part.start > end) gaps.push({ start: end, end: part.start, kinds: ['other'] });
    end = Math.max(end, part.end);
  }
  return gaps;
}

/** Goes along a file and puts patches in their places. The file must be as long as the one that they were planned for. */
export function* applyPatches(bytes: PassingBytes, patches: readonly Patch[], size: number): Walk {
  for (const { start, end, bytes: instead, kinds } of patches) {
    yield* bytes.pass(start - bytes.position());
    if (instead) yield* bytes.replace(instead, ...kinds);
    else yield* bytes.erase(end - start, kinds[0] ?? 'other');
  }
  yield* bytes.pass(size - bytes.position());
  if ((yield* bytes.some()).length > 0) throw irremovable('more bytes came than were looked at before');
}
