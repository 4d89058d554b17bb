import { expect } from 'chai';
import { ERRORS, type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];

/** Errors after which the same request may succeed later; all other codes are permanent. */
const RETRYABLE: ErrorCode[] = [
  'incomplete_body',
  'digest_mismatch',
  'upload_completing',
  'idempotency_key_in_use',
  'request_timeout',
  'service_unavailable',
  'internal_error',
  'processing_crashed',
  'too_many_uploads',
  'storage_full',
  'moderation_pending',
  'too_many_requests',
  'too_many_requests_from_address',
  'too_many_uploads_at_once',
  'rendition_quota_reached',
  'processing_quota_reached',
  'owner_being_erased',
];

describe('errors', () => {
  it('have codes in snake case', () => {
    for (const code of codes) expect(code).to.match(/^[a-z]+(_[a-z]+)*$/);
  });

  it('have titles that are sentences without a full stop, no two alike', () => {
    const titles = codes.map((code) => ERRORS[code].title);
    for (const title of titles) expect(title).to.match(/^[A-Z].*[^.\s]$/);
    expect(new Set(titles).size).to.equal(titles.length);
  });

  it('are retryable if time alone can help, and only then', () => {
    expect(codes.filter((code) => ERRORS[code].retryable)).to.have.members(RETRYABLE);
    for (const code of codes) expect(new ImageServiceError(code, 'x').retryable, code).to.equal(ERRORS[code].retryable);
  });

  it('carry code, public detail, facts and cause', () => {
    const cause = new Error('ECONNRESET 10.0.0.1');
    const error = new ImageServiceError('payload_too_large', 'The limit is 5 bytes.', {
      limit: 5,
      unit: 'bytes',
      cause,
    });
    expect(error).to.be.instanceOf(Error);
    expect(error).to.include({
      name: 'ImageServiceError',
      code: 'payload_too_large',
      message: 'The limit is 5 bytes.',
    });
    expect(error.cause).to.equal(cause);
    expect(error.facts).to.deep.equal({ limit: 5, unit: 'bytes' });
  });

  it('keep the cause out of the facts that clients see', () => {
    const { facts } = new ImageServiceError('internal_error', 'x', { cause: 'secret' });
    expect(JSON.stringify(facts)).to.equal('{}');
  });

  it('have no cause if none is given, and keep a falsy one', () => {
    expect(new ImageServiceError('forbidden', 'x')).to.not.have.property('cause');
    expect(new ImageServiceError('forbidden', 'x', { cause: null })).to.have.property('cause', null);
  });
});
