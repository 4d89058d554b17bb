import { expect } from 'chai';
import Joi from 'joi';
import { renditionsBodySchema } from '../../../shared/contracts/api/rendition-request.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { validateJson } from '../../../shared/http/validate-json.ts';

const schema = Joi.object({ name: Joi.string().required() });

const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 1]));

/** The fields that an answer names, and its sentence. */
function refusalOf(by: Joi.Schema, json: unknown): { fields: (string | undefined)[]; detail: string } {
  try {
    validateJson(by, json);
  } catch (error) {
    if (!(error instanceof ImageServiceError)) throw error;
    return { fields: (error.facts.errors ?? []).map(({ path }) => path), detail: error.message };
  }
  throw new Error('nothing was refused');
}

describe('The validation of JSON', () => {
  it('names every wrong field, up to twenty, and says how many there are', () => {
    expect(refusalOf(schema, { a: 1, b: 2 }).fields).to.deep.equal(['name', 'a', 'b']);
    const { fields, detail } = refusalOf(schema, keys(40));
    expect(fields).to.have.length(20);
    expect(detail).to.match(/; and 21 more\.$/);
  });

  it('names the first mistake only of JSON with thousands of values, so that collecting them holds nobody up', () => {
    expect(refusalOf(schema, keys(5_000))).to.deep.equal({ fields: ['name'], detail: 'name is required.' });
    expect(refusalOf(schema, { name: 'a', ...keys(5_000) }).fields).to.deep.equal(['key0']);
    const commands = Array.from({ length: 2_000 }, () => ({ operation: 'resize', unknown: 1 }));
    const rendition = { name: 'a', commands, output: { format: 'png' } };
    expect(refusalOf(renditionsBodySchema, { renditions: [rendition] }).fields).to.have.length(1);
  });

  it('takes long JSON that is right', () => {
    const list = Joi.array().items(schema);
    const right = Array.from({ length: 5_000 }, () => ({ name: 'a' }));
    expect(validateJson(list, right)).to.deep.equal(right);
  });

  it('refuses JSON that is nested deeply as any other', () => {
    const nested = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    expect(refusalOf(schema, { name: nested }).fields).to.deep.equal(['name']);
  });
});
