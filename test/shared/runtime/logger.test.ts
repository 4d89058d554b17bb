import { expect } from 'chai';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { createLoggerTo } from '../../../shared/runtime/logger.ts';

describe('The log', () => {
  const toldOf = (err: unknown) => {
    const lines: string[] = [];
    createLoggerTo({ write: (line) => void lines.push(line) }, 'download', 'info').info({ err }, 'it happened');
    return JSON.parse(String(lines));
  };
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
  const unavailable = new ImageServiceError('service_unavailable', 'SQS does not answer.', { cause: refused });

  it('logs an unavailable dependency by its messages, without stacks', () => {
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

  it('logs an unavailable dependency without stacks even if another error wraps it', () => {
    const { err } = toldOf(new Error('It could not be received', { cause: unavailable }));
    expect(err).to.have.keys('type', 'code', 'message');
    expect(err.message).to.match(/^It could not be received: SQS does not answer\.: connect ECONNREFUSED/);
  });

  it('logs every other error with stack and causes, and other values as they are', () => {
    const { err } = toldOf(new Error('Nobody expected it', { cause: new TypeError('of this') }));
    expect(err.stack).to.match(/Nobody expected it.*logger\.test\.ts.*caused by: TypeError: of this/s);
    expect(toldOf(new ImageServiceError('internal_error', 'It failed.')).err).to.have.property('stack');
    expect(toldOf('a text').err).to.equal('a text');
    expect(toldOf(undefined)).to.not.have.property('err');
  });

  it('logs an error that is its own cause once', () => {
    const circular = new Error('again');
    circular.cause = circular;
    expect(toldOf(circular).err.message).to.include('again');
  });
});
