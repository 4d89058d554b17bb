import { COMPUTE_LEVERS } from './compute-levers.ts';
import { EDGE_LEVERS } from './edge-levers.ts';
import type { LeverRow } from './lever.ts';
import { STORAGE_LEVERS } from './storage-levers.ts';

/** Every change that a report tries. */
export const LEVERS: readonly LeverRow[] = [...COMPUTE_LEVERS, ...STORAGE_LEVERS, ...EDGE_LEVERS];
