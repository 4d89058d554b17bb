import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { App } from 'cdktf';
import { expect } from 'chai';
import { suppress, suppressionsIn } from '../../../stacks/checks/suppressions.ts';
import { add, set, synth } from '../mistakes/mistake.ts';

const REASON = 'A test shows that a reason is kept and listed.';
const plain = set('processing-queue', 'sqs_managed_sse_enabled', undefined);
const suppressed = (path: string, id = 'IMG-SQS-006', reason = REASON) =>
  add((stack) => suppress(path === '' ? stack : stack.node.findChild(path), id, reason));

describe('suppressions', () => {
  it('silence a check for their construct', () => {
    expect(synth('storage', [plain])).to.include('[storage-prod/processing-queue] IMG-SQS-006: ');
    expect(synth('storage', [plain, suppressed('processing-queue')])).to.equal(undefined);
  });

  it('silence a check for everything below their construct', () => {
    expect(synth('storage', [plain, suppressed('')])).to.equal(undefined);
  });

  it('apply to one check and one construct only', () => {
    expect(synth('storage', [plain, suppressed('dead-letter-queue')])).to.include('IMG-SQS-006');
    expect(synth('storage', [plain, suppressed('processing-queue', 'IMG-SQS-007')])).to.include('IMG-SQS-006');
  });

  it('refuses a short reason and a malformed id', () => {
    expect(synth('storage', [suppressed('', 'IMG-SQS-006', 'later')])).to.include('needs a reason');
    expect(synth('storage', [suppressed('', 'SQS-6')])).to.include('no id of a check');
  });

  it('appear in the list with path and reason', () => {
    const app = new App();
    const queue = add((stack) => suppress(new SqsQueue(stack, 'queue'), 'IMG-SQS-006', REASON));
    expect(synth('storage', [queue]))
      .to.include('IMG-SQS-002')
      .and.not.include('/queue] IMG-SQS-006');
    suppress(app, 'IMG-SQS-006', REASON);
    expect(suppressionsIn(app)).to.deep.equal([{ id: 'IMG-SQS-006', path: '', reason: REASON }]);
  });
});
