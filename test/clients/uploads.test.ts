import axios from 'axios';
import { expect } from 'chai';
import { photograph } from '../support/images/photographs.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { expectUploaded, type Uploaded } from './uploaded.ts';

const jpeg = await photograph('jpeg');

describe('a photograph', () => {
  let services: Services;
  let url: string;
  before(async () => {
    services = await startServices();
    url = `${services.upload}/v1/images`;
  });
  after(() => services.stop());

  describe('is uploaded by fetch', () => {
    const form = (content: Blob, name?: string) => {
      const data = new FormData();
      if (name === undefined) data.append('file', content);
      else data.append('file', content, name);
      return data;
    };
    const ways: Record<string, FormData | Blob | Uint8Array<ArrayBuffer>> = {
      'as a Blob in a form': form(new Blob([jpeg])),
      'as a Blob of another type in a form': form(new Blob([jpeg], { type: 'image/png' })),
      'as a File of another name in a form': form(new File([jpeg], 'photo.png', { type: 'image/png' })),
      'as a File of no type in a form': form(new File([jpeg], 'photo'), 'photo.heic'),
      'as a raw Blob': new Blob([jpeg]),
      'as raw bytes': new Uint8Array(jpeg),
    };
    for (const [way, body] of Object.entries(ways)) {
      it(way, async () => {
        const answer = await fetch(url, { method: 'POST', body });
        expectUploaded({ way, status: answer.status, body: (await answer.json()) as Uploaded['body'] }, jpeg);
      });
    }
  });

  describe('is uploaded by axios', () => {
    it('with a list of presets, whose items it sends in separate parts', async () => {
      for (const indexes of [false, true, null]) {
        const form = { file: jpeg, renditions: ['thumb', 'small'] };
        const { status, data } = await axios.postForm(url, form, { formSerializer: { indexes } });
        expect(status, String(indexes)).to.equal(201);
        expect(data.renditions.map(({ name }: { name: string }) => name)).to.deep.equal(['thumb', 'small']);
      }
    });

    it('but not with a list of objects, and the answer says what to send instead', async () => {
      const form = { file: jpeg, renditions: [{ name: 'card' }] };
      const { status, data } = await axios.postForm(url, form, { validateStatus: () => true });
      expect([status, data.code]).to.deep.equal([400, 'invalid_request']);
      expect(data.detail).to.match(/JSON\.stringify\(renditions\)/);
      const sent = { ...form, renditions: JSON.stringify(form.renditions) };
      expect((await axios.postForm(url, sent)).status).to.equal(201);
    });
  });
});
