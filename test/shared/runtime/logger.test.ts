import { expect } from 'chai';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { loggerTo } from '../../../shared/runtime/logger.ts';

describe('The log', () => {
  const toldOf = (err: unknown) => {
    const lines: string[] = [];
    loggerTo({ write: (line) => void lines.push(line) }, 'download', 'info').info({ err }, 'it happened');
    return JSON.parse(String(lines));
  };
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
  const unavailable = new ImageServiceError('service_unavailable', 'SQS does not answer.', { cause: refused });

  it('tells what does not answer by its sentences, and not where that was noticed', () => {
    expect(toldOf(unavailable)).to.deep.include({
      service: 'download',
      msg: 'it happened',
      err: {
        type: 'ImageServiceError',
        code: 'service_unavailable',
        message: 'SQS does not answer.: connect ECONNREFUSED 127.0.0.1:9',
      },
    });
  });

  it('tells so too of what somebody else has wrapped', () => {
    const { err } = toldOf(new Error('It could not be received', { cause: unavailable }));
    expect(err).to.have.keys('type', 'code', 'message');
    expect(err.message).to.match(/^It could not be received: SQS does not answer\.: connect ECONNREFUSED/);
  });

  it('tells of every other error its stack and causes, and what is no error as it is', () => {
    const { err } = toldOf(new Error('Nobody expected it', { cause: new TypeError('of this') }));
    expect(err.stack).to.match(/Nobody expected it.*logger\.test\.ts.*caused by: TypeError: of this/s);
    expect(toldOf(new ImageServiceError('internal_error', 'It failed.')).err).to.have.property('stack');
    expect(toldOf('a text').err).to.equal('a text');
    expect(toldOf(undefined)).not.to.have.property('err');
  });

  it('ends, also where an error is its own cause', () => {
    const circular = new Error('again');
    circular.cause = circular;
    expect(toldOf(circular).err.message).to.contain('again');
  });
});
