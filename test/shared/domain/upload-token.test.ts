import { expect } from 'chai';
import { PRESETS } from '../../../shared/contracts/api/presets.ts';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { checkTypeBound, uploadEnd, withinBounds } from '../../../shared/domain/upload-token.ts';

const preset = (name: string): RenditionRequest => ({ name, ...PRESETS.get(name) }) as RenditionRequest;
const BOUNDS = { maxBytes: 10, renditions: [preset('thumb'), preset('small')], metadata: { order: '17' } };

describe('the bounds of an upload token', () => {
  it('decide what is made, whatever part of it is asked for', () => {
    for (const renditions of [[], [preset('small')], BOUNDS.renditions])
      expect(withinBounds(BOUNDS, { renditions }).renditions).to.equal(BOUNDS.renditions);
  });

  it('know a rendition by what it does and by its name', () => {
    for (const other of [{ ...preset('thumb'), name: 'small' }, { ...preset('thumb'), name: 'other' }, preset('large')])
      expect(() => withinBounds(BOUNDS, { renditions: [other] })).to.throw(
        `The upload token makes no such rendition "${other.name}". It makes these, whether or not they are asked for: thumb, small.`,
      );
    expect(() => withinBounds({ ...BOUNDS, renditions: [] }, { renditions: [preset('thumb')] })).to.throw(
      'It makes none.',
    );
  });

  it('take the file name of a browser, and their own if they have one', () => {
    const asked = { renditions: [], metadata: { filename: 'a.jpg' } };
    expect(withinBounds(BOUNDS, asked).metadata).to.deep.equal({ order: '17', filename: 'a.jpg' });
    const named = { ...BOUNDS, metadata: { filename: 'b.jpg' } };
    expect(withinBounds(named, asked).metadata).to.deep.equal({ filename: 'b.jpg' });
    expect(withinBounds({ maxBytes: 1, renditions: [] }, { renditions: [] }).metadata).to.equal(undefined);
  });

  it('take no other metadata, also under names that every object has', () => {
    for (const metadata of [{ order: '18' }, { album: 'x' }, { toString: 'x' }, { valueOf: '' }])
      expect(() => withinBounds(BOUNDS, { renditions: [], metadata: metadata as never })).to.throw(
        'does not take the metadata',
      );
    expect(withinBounds(BOUNDS, { renditions: [], metadata: { order: '17' } }).metadata).to.deep.equal({ order: '17' });
  });

  it('know the other names of a media type', () => {
    checkTypeBound(['image/jpeg'], 'image/jpg');
    checkTypeBound(undefined, 'image/png');
    expect(() => checkTypeBound(['image/jpeg'], 'image/png')).to.throw('takes no image/png. It takes image/jpeg.');
    expect(() => checkTypeBound(['image/jpeg'], 'text/html')).to.throw('takes no text/html');
  });

  it('end an upload in parts with the token, and otherwise in the usual time', () => {
    const now = Date.parse('2026-11-30T12:00:00.000Z');
    const usual = new Date(now + LIMITS.uploadSeconds * 1000).toISOString();
    expect(uploadEnd(now, undefined)).to.equal(usual);
    expect(uploadEnd(now, { expiresAt: '2026-11-30T12:15:00.000Z' })).to.equal('2026-11-30T12:15:00.000Z');
    expect(uploadEnd(now, { expiresAt: '2027-11-30T12:15:00.000Z' })).to.equal(usual);
  });
});
