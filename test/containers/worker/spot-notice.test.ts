import { expect } from 'chai';
import { drainSecondsUntil, type SpotNotice, watchSpotNotice } from '../../../containers/worker/spot-notice.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { createMetadataClient, type InstanceMetadata } from '../../../shared/runtime/clients.ts';
import { eventually } from '../../support/eventually.ts';
import { startWebServer, type WebServer } from '../../support/http/web-server.ts';
import { playMetadata } from '../../support/images/played-metadata.ts';
import { readableLogger } from '../../support/services/log-lines.ts';
import { type TurnedClock, turnedClock } from '../../support/turned-clock.ts';

const NOTICE = '{"action":"terminate","time":"2026-05-04T10:20:30Z"}';
/** Milliseconds between two looks. */
const INTERVAL_MS = 5_000;

const MADE: SpotNotice = { action: 'terminate', deadline: new Date('2026-05-04T10:20:30Z') };

describe('spot notice', () => {
  let server: WebServer;
  let played: ReturnType<typeof playMetadata>['played'];
  let notices: SpotNotice[];
  let log: ReturnType<typeof readableLogger>;
  let stopWatch = () => {};
  let clock: TurnedClock;

  beforeEach(async () => {
    const metadata = playMetadata();
    played = metadata.played;
    server = await startWebServer(metadata.answer);
    notices = [];
    clock = turnedClock();
    log = readableLogger();
  });
  afterEach(async () => {
    stopWatch();
    await server.stop();
  });

  const client = (endpoint: string) => createMetadataClient({ AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint });
  const watch = (metadata: InstanceMetadata = client(server.url)) => {
    const onNotice = (notice: SpotNotice) => void notices.push(notice);
    ({ stop: stopWatch } = watchSpotNotice(metadata, { onNotice, logger: log.logger, clock }));
  };
  /** Lets the time of so many looks pass, each when the one before has been answered. */
  const look = async (times = 1) => {
    for (let time = 0; time < times; time += 1) {
      await clock.waited();
      await clock.turn(INTERVAL_MS);
    }
  };
  const told = () => eventually('the notice is told', () => notices.length);
  const messages = () => log.lines.map(({ level, msg }) => `${level}: ${msg}`);
  const FAILED = 'warn: spot interruption notices cannot be read, only SIGTERM tells of them';
  const MENDED = 'info: spot interruption notices can be read again';

  it('is polled with a token until it is there, and reported once', async () => {
    watch();
    await look(3);
    await clock.waited();
    expect(notices).to.deep.equal([]);
    Object.assign(played, { status: 200, body: NOTICE });
    await look();
    await told();
    expect(notices).to.deep.equal([MADE]);
    expect(clock.waiting()).to.equal(0);
    expect(messages()).to.deep.equal([]);
  });

  it('is found at once when it was there before the watch began', async () => {
    Object.assign(played, { status: 200, body: NOTICE });
    watch();
    await told();
    expect(notices).to.deep.equal([MADE]);
  });

  it('is not polled any more after the watch was stopped', async () => {
    watch();
    await look();
    await clock.waited();
    Object.assign(played, { status: 200, body: NOTICE });
    stopWatch();
    expect(clock.waiting()).to.equal(0);
    await clock.turn(10 * INTERVAL_MS);
    expect(played.looks).to.equal(2);
    expect(notices).to.deep.equal([]);
  });

  for (const body of [
    '',
    'terminate',
    'null',
    '[]',
    '{"action":"stop"}',
    '{"action":1,"time":"2026-05-04T10:20:30Z"}',
  ]) {
    it(`is logged once and read again when it has another form: ${JSON.stringify(body)}`, async () => {
      Object.assign(played, { status: 200, body });
      watch();
      await look(2);
      await clock.waited();
      expect(notices).to.deep.equal([]);
      expect(messages()).to.deep.equal([FAILED]);
      played.body = NOTICE;
      await look();
      await told();
      expect(messages()).to.deep.equal([FAILED, MENDED]);
    });
  }

  for (const tokenStatus of [401, 403, 404, 405, 503]) {
    it(`is found after a time in which tokens were refused with ${tokenStatus}, which is logged once`, async () => {
      Object.assign(played, { tokenStatus, status: 200, body: NOTICE });
      watch();
      await look(2);
      await clock.waited();
      expect(played.tokens).to.be.at.least(3);
      expect(notices).to.deep.equal([]);
      expect(messages()).to.deep.equal([FAILED]);
      played.tokenStatus = 200;
      await look();
      await told();
      expect(messages()).to.deep.equal([FAILED, MENDED]);
    });
  }

  it('is polled at the same interval when nothing listens', async () => {
    const unused = await startWebServer(() => undefined);
    await unused.stop();
    let looks = 0;
    const metadata = {
      read: (path: string) => {
        looks += 1;
        return client(unused.url).read(path);
      },
    };
    watch(metadata);
    for (const expected of [1, 2, 3]) {
      await clock.waited();
      await clock.turn(INTERVAL_MS - 1);
      expect(looks).to.equal(expected);
      await clock.turn(1);
    }
    await clock.waited();
    expect(looks).to.equal(4);
    expect(messages()).to.deep.equal([FAILED]);
  });

  it('is given up until the next poll after some two seconds without an answer', async () => {
    const silent = await startWebServer(() => undefined);
    const begun = performance.now();
    watch(client(silent.url));
    await eventually('the silence is logged', () => log.lines.length);
    expect(performance.now() - begun).to.be.at.least(1_500);
    await silent.stop();
  });
});

describe('seconds of a drain before a deadline', () => {
  const now = new Date('2026-05-04T10:00:00Z');
  const inSeconds = (seconds: number) => drainSecondsUntil(new Date(now.getTime() + seconds * 1000), now);

  it('are those of a usual drain when the notice is two minutes ahead', () => {
    expect(inSeconds(120)).to.equal(QUEUE_TIMING.drainSeconds);
    expect(inSeconds(3600)).to.equal(QUEUE_TIMING.drainSeconds);
  });

  it('are ten fewer, for the last answers, when the notice comes late', () => {
    expect(inSeconds(60)).to.equal(50);
    expect(inSeconds(10.5)).to.equal(0.5);
  });

  it('are zero when the notice comes too late', () => {
    for (const seconds of [10, 3, 0, -60]) expect(inSeconds(seconds)).to.equal(0);
  });
});
