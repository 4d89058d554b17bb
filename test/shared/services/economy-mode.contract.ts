import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { type EconomyMode, followEconomyMode } from '../../../shared/services/economy-mode.ts';
import { readEconomyMode, switchEconomyMode } from '../../../shared/storage/table/economy-mode.ts';
import { jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { type LogLine, logInto, startServices } from '../../support/services/services.ts';
import type { OpenedTable } from '../../support/storage/emulators.ts';
import { type TurnedClock, turnedClock } from '../../support/turned-clock.ts';

const jpeg = await photograph('jpeg', 60, 40);
const WEBP = { name: 'card', commands: [{ operation: 'resize', width: 30 }], output: { format: 'webp' } };
const LOWERED = { output: { format: 'webp', effort: 0 }, askedOutput: { format: 'webp' } };

/** More than the longest time between two reads. */
const POLL_MS = 75_000;

/** What the switch of economy mode does on any DynamoDB endpoint, from the item in the table to the answers of the services. */
export function describeEconomyMode(label: string, open: () => Promise<OpenedTable>): void {
  describe(`economy mode: ${label}`, () => {
    let opened: OpenedTable;
    let table: OpenedTable['table'];
    let clock: TurnedClock;
    let logs: LogLine[];
    let follower: EconomyMode & { stop(): void };
    before(async () => {
      opened = await open();
    });
    after(() => opened?.close());
    beforeEach(async () => {
      table = { ...opened.table };
      clock = turnedClock();
      logs = [];
      await switchEconomyMode(opened.table, 'off', 'the test');
      follower = await follow();
      await clock.waited();
    });
    afterEach(() => follower.stop());

    const follow = () => followEconomyMode({ table, logger: logInto(logs, 'download'), clock });

    const nextPoll = async () => {
      await clock.turn(POLL_MS);
      await clock.waited();
    };
    const messages = () => logs.map(({ msg }) => msg);

    it('is followed within a poll, in both directions', async () => {
      const { mode, changedBy, changedAt } = await readEconomyMode(opened.table);
      expect([mode, changedBy]).to.deep.equal(['off', 'the test']);
      expect(Date.parse(String(changedAt))).to.be.at.most(Date.now());
      for (const [mode, isOn] of [
        ['on', true],
        ['off', false],
      ] as const) {
        await switchEconomyMode(opened.table, mode, 'budget');
        expect(follower.isOn(), 'before the poll').to.equal(!isOn);
        await nextPoll();
        expect(follower.isOn(), 'after the poll').to.equal(isOn);
      }
      expect(logs).to.have.length(2);
      expect(logs[0]).to.include({ msg: 'economy mode was switched', economyMode: 'on', changedBy: 'budget' });
    });

    it('is known to a service before it takes its first request', async () => {
      follower.stop();
      await switchEconomyMode(opened.table, 'on', 'budget');
      follower = await follow();
      expect(follower.isOn()).to.equal(true);
    });

    describe('at the start of a service that cannot read it', () => {
      /** Of the ten tries that a service makes each second before it says so. */
      const trySilently = async (times: number) => {
        for (let made = 0; made < times; made += 1) {
          await clock.turn(1000);
          await clock.waited();
        }
      };
      beforeEach(async () => {
        follower.stop();
        await switchEconomyMode(opened.table, 'on', 'budget');
        table.tableName = `${opened.table.tableName}-absent`;
        clock = turnedClock();
        follower = await follow();
        await clock.waited();
      });

      it('counts as off for a second at most once the table is there, without a word', async () => {
        await trySilently(8);
        expect([follower.isOn(), messages()]).to.deep.equal([false, []]);
        table.tableName = opened.table.tableName;
        await trySilently(1);
        expect(follower.isOn()).to.equal(true);
        expect(messages()).to.deep.equal(['economy mode was switched']);
      });

      it('counts as off, which the service says once, and asks again every minute', async () => {
        await trySilently(9);
        await nextPoll();
        expect(follower.isOn()).to.equal(false);
        expect(messages()).to.deep.equal([
          'economy mode cannot be read, so it counts as off, and the service asks again every minute',
        ]);
        table.tableName = opened.table.tableName;
        await nextPoll();
        expect(follower.isOn()).to.equal(true);
      });
    });

    it('keeps its last value while the table cannot be read, and says so once', async () => {
      await switchEconomyMode(opened.table, 'on', 'the test');
      await nextPoll();
      table.tableName = `${opened.table.tableName}-absent`;
      await nextPoll();
      await nextPoll();
      expect(follower.isOn()).to.equal(true);
      expect(messages()).to.deep.equal(['economy mode was switched', 'economy mode cannot be read and stays as it is']);
      table.tableName = opened.table.tableName;
      await switchEconomyMode(opened.table, 'off', 'the test');
      await nextPoll();
      expect(follower.isOn()).to.equal(false);
    });

    it('takes an item that nobody of this service wrote for one that cannot be read', async () => {
      await opened.table.documents.send(
        new PutCommand({ TableName: table.tableName, Item: { pk: 'SERVICE', sk: 'ECONOMY', mode: 'maybe' } }),
      );
      await nextPoll();
      expect(follower.isOn()).to.equal(false);
      expect(messages()).to.deep.equal(['economy mode cannot be read and stays as it is']);
    });

    it('is off where nobody has ever switched it', async () => {
      const { documents, tableName } = opened.table;
      await documents.send(new DeleteCommand({ TableName: tableName, Key: { pk: 'SERVICE', sk: 'ECONOMY' } }));
      expect(await readEconomyMode(opened.table)).to.deep.equal({ mode: 'off' });
    });

    describe('changes the answers of the services', () => {
      let downloads: Downloads;
      before(async () => {
        downloads = downloadsOf(
          await startServices({ table: opened.table, economyMode: { isOn: () => follower.isOn() } }),
        );
      });
      after(() => downloads?.services.stop());

      const limits = async () => jsonOf(await downloads.get('/v1/limits')).economyMode;
      /** What an upload makes of a rendition in WebP. */
      const uploaded = async () => (await downloads.upload(jpeg, [WEBP])).renditions?.[0];
      const json = { 'content-type': 'application/json' };
      const post = (base: string, path: string, body: unknown) =>
        send(base, { method: 'POST', path, headers: json, body: JSON.stringify(body) });
      /** What a later request makes of it. */
      const asked = async () => {
        const { imageId } = await downloads.upload(jpeg);
        return jsonOf(await post(downloads.services.upload, `/v1/images/${imageId}/renditions`, { renditions: [WEBP] }))
          .renditions[0];
      };
      /** What an upload in parts makes of it. */
      const assembled = async () => {
        const { asyncUpload } = downloads.services;
        const declared = { contentType: 'image/jpeg', contentLength: jpeg.length, renditions: [WEBP] };
        const { links, uploadId } = jsonOf(await post(asyncUpload, '/v1/uploads', declared));
        const part = await send(asyncUpload, { method: 'PUT', path: `/v1/uploads/${uploadId}/parts/1`, body: jpeg });
        const parts = [{ partNumber: 1, eTag: part.headers.etag }];
        return jsonOf(await post(asyncUpload, links.complete, { parts })).renditions[0];
      };

      it('within a poll, and back', async () => {
        for (const make of [uploaded, asked, assembled]) {
          expect(await make())
            .to.deep.include({ output: { format: 'webp' } })
            .and.not.have.property('askedOutput');
        }
        expect(await limits()).to.equal('off');
        await switchEconomyMode(opened.table, 'on', 'the test');
        await nextPoll();
        for (const make of [uploaded, asked, assembled]) expect(await make()).to.deep.include(LOWERED);
        expect(await limits()).to.equal('on');
        await switchEconomyMode(opened.table, 'off', 'the test');
        await nextPoll();
        expect(await uploaded()).to.not.have.property('askedOutput');
        expect(await limits()).to.equal('off');
      });
    });
  });
}
