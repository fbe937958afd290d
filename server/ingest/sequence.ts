import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '#contract/errors';

/** Position of a body in its producer's own count: +1 a body, one in flight; a higher epoch starts at 1. */
export interface Sequence {
  readonly producerId: string;
  readonly epoch: number;
  readonly seq: number;
}

/**
 * Reads `Producer-Id`, `Producer-Epoch`, `Producer-Seq`; null when none is there (the body is counted by id).
 * @throws {AppError} `sequence_headers` when one is missing or malformed
 */
export function readSequence(headers: IncomingHttpHeaders): Sequence | null {
  const id = headers['producer-id'];
  const epoch = headers['producer-epoch'];
  const seq = headers['producer-seq'];
  if (id === undefined && epoch === undefined && seq === undefined) return null;
  if (typeof id !== 'string' || !/^[A-Za-z0-9._:/-]{1,128}$/.test(id)) {
    throw new AppError('sequence_headers', 'Producer-Id must be 1–128 of A–Z a–z 0–9 . _ : / -', {
      field: 'Producer-Id',
    });
  }
  return { producerId: id, epoch: positive(epoch, 'Producer-Epoch'), seq: positive(seq, 'Producer-Seq') };
}

function positive(value: string | string[] | undefined, field: string): number {
  const number = typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : 0;
  if (number === 0) throw new AppError('sequence_headers', `${field} must be a whole number from 1`, { field });
  return number;
}
