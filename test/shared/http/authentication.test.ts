import { server as hapiServer } from '@hapi/hapi';
import { expect } from 'chai';
import { ERRORS, type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';
import { authenticate } from '../../../shared/http/authentication.ts';

/** The answers of a route that needs no credentials, after what looks at them has thrown. */
async function answerAfter(thrown: Error): Promise<{ result: unknown; counted: string[] }> {
  const counted: string[] = [];
  const server = hapiServer({ debug: false });
  authenticate(
    server,
    { AUTHENTICATION: 'on' },
    {
      verifiers: [() => Promise.reject(thrown)],
      clientAddress: () => '192.0.2.1',
      admit: async (_request, principal) => void counted.push(principal?.owner ?? 'address'),
    },
  );
  const app = { operation: 'getOriginal', scopes: ['images:read'] } as never;
  server.route({
    ...{ method: 'GET', path: '/', handler: () => 'as a stranger' },
    options: { auth: { mode: 'try', strategy: 'default' }, app },
  });
  const { result } = await server.inject({ url: '/', headers: { authorization: 'Bearer key' } });
  return { result, counted };
}

describe('Credentials where none are needed', () => {
  const STRANGERS: ErrorCode[] = ['unauthenticated', 'token_invalid', 'token_expired'];
  const failures: [string, Error][] = [
    ...(Object.keys(ERRORS) as ErrorCode[]).map((code): [string, Error] => [
      code,
      new ImageServiceError(code, 'Wrong.'),
    ]),
    ['an error in the program', new TypeError('typ.toLowerCase is not a function')],
    ['an error without a message', new Error()],
  ];
  for (const [name, error] of failures) {
    const isStranger = STRANGERS.some((code) => code === name);
    it(`${isStranger ? 'make a stranger' : 'make no stranger'} of whoever sends some that end with ${name}`, async () => {
      const { result, counted } = await answerAfter(error);
      if (isStranger) expect(result).to.equal('as a stranger');
      else expect(result).to.not.equal('as a stranger');
      expect(counted).to.deep.equal(['address']);
    });
  }
});
