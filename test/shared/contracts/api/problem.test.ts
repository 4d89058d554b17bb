import { STATUS_CODES } from 'node:http';
import { expect } from 'chai';
import { PROBLEM_STATUS, type Problem, problemSchema } from '../../../../shared/contracts/api/problem.ts';
import { COMMON_PROBLEMS } from '../../../../shared/contracts/api/route-problems.ts';
import { routeList } from '../../../../shared/contracts/api/routes.ts';
import { ERRORS, type ErrorCode } from '../../../../shared/domain/errors.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];

/** Codes that no route lists: the first occurs at every path, the others are in the record of a rejected upload or a failed rendition. */
const OF_NO_ROUTE: ErrorCode[] = [
  'method_not_allowed',
  'upload_checksum_mismatch',
  'crop_outside_image',
  'command_not_applicable',
  'too_many_channels',
  'output_over_max_bytes',
  'rendition_too_costly',
  'output_too_large',
  'watermark_not_found',
  'watermark_not_approved',
  'watermark_too_large',
  'watermark_unreadable',
  'processing_timeout',
  'processing_memory',
  'processing_crashed',
  'processing_failed',
];

const problem: Problem = {
  type: 'urn:image-service:problem:rendition_failed',
  title: ERRORS.rendition_failed.title,
  status: 422,
  code: 'rendition_failed',
  detail: 'thumb could not be made.',
  requestId: 'r-1',
  errors: [{ path: 'renditions[0]', message: 'is wrong' }],
  limit: 1,
  actual: 2,
  unit: 'bytes',
  retryAfterSeconds: 3,
  failure: { code: 'image_unreadable', detail: 'damaged' },
};

const REFUSED: [name: string, change: object, path: string][] = [
  ['a code that is not in the list', { code: 'oops' }, 'code'],
  ['a failure’s code that is not in the list', { failure: { code: 'oops', detail: 'x' } }, 'failure.code'],
  ['an error without path', { errors: [{ message: 'x' }] }, 'errors.0.path'],
  ['a stack', { stack: 'at …' }, 'stack'],
];

describe('problems', () => {
  for (const code of codes) {
    it(`${code} has a title and an HTTP error status`, () => {
      expect(ERRORS[code].title).to.be.a('string').that.is.not.equal('');
      expect(PROBLEM_STATUS[code]).to.be.within(400, 599);
      expect(STATUS_CODES).to.have.property(String(PROBLEM_STATUS[code]));
    });
  }

  it('have a status for every code and for no other', () => {
    expect(Object.keys(PROBLEM_STATUS)).to.have.members(codes);
  });

  it('have a 5xx status only if trying again helps, if the server has lost bytes, or if it does not support the request', () => {
    const isUnknown = (code: ErrorCode) => [501, 505].includes(PROBLEM_STATUS[code]);
    for (const code of codes.filter(isUnknown)) expect(ERRORS[code].retryable, code).to.equal(false);
    const serverErrors = codes.filter((code) => PROBLEM_STATUS[code] >= 500 && !isUnknown(code));
    expect(serverErrors).to.have.members(['internal_error', 'service_unavailable', 'storage_full', 'object_damaged']);
    for (const code of serverErrors) expect(ERRORS[code].retryable, code).to.equal(code !== 'object_damaged');
  });

  it('are each listed by a route, or here with the reason', () => {
    const told = new Set([...COMMON_PROBLEMS, ...routeList.flatMap(({ problems }) => problems)]);
    expect(codes.filter((code) => !told.has(code))).to.have.members(OF_NO_ROUTE);
  });

  it('are described by their schema with every fact', () => {
    expect(problemSchema.validate(problem).error).to.equal(undefined);
  });

  for (const [name, change, path] of REFUSED) {
    it(`are refused by their schema with ${name}`, () => {
      const { error } = problemSchema.validate({ ...problem, ...change });
      expect(error?.details.map((detail) => detail.path.join('.'))).to.deep.equal([path]);
    });
  }
});
