import { expect } from 'chai';
import { lateSeconds } from '../../../stacks/observability/queue-alarms.ts';
import { type Arguments, only } from '../../support/stacks/entrance.ts';
import { figuresOfAlarms, figuresOfDashboards, widgetsOf } from '../../support/stacks/figures.ts';
import { DEPLOYMENT, NAMES, platform, SETTINGS } from '../../support/stacks/platform.ts';

const synthesised = platform();
const widgets = widgetsOf(synthesised);
const graphs = widgets.filter(({ type }) => type === 'metric');

const overlap = (one: Arguments, other: Arguments): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

describe('the dashboard', () => {
  it('has the name of the environment', () => {
    expect(only(synthesised, 'cloudwatch_dashboard').dashboard_name).to.equal(NAMES.prefix);
  });

  it('fits the grid of 24 columns without overlaps', () => {
    for (const [index, widget] of widgets.entries()) {
      expect(widget.x + widget.width, widget.properties.title).to.be.at.most(24);
      expect(widgets.slice(index + 1).filter((other) => overlap(widget, other))).to.deep.equal([]);
    }
  });

  it('shows graphs with titles and lines with labels', () => {
    expect(graphs.length).to.be.within(12, 30);
    expect(new Set(graphs.map(({ properties, y }) => `${y} ${properties.title}`)).size).to.equal(graphs.length);
    for (const { properties } of graphs) {
      expect(properties.title).to.be.a('string').that.is.not.empty;
      for (const line of properties.metrics) expect(line.at(-1).label, properties.title).to.be.a('string');
    }
  });

  it('shows every metric that an alarm reads, except those that are useful only in an alarm', () => {
    const shown = new Set(figuresOfDashboards(synthesised).map(({ name }) => name));
    const alone = [
      'UnHealthyHostCount',
      'CapacityProviderReservation',
      'DesiredTaskCount',
      'SystemErrors',
      'DaysToExpiry',
      'AuditLinesLost',
      'StaleIssuerKeys',
    ];
    const watched = figuresOfAlarms(synthesised).map(({ name }) => name);
    expect([...new Set(watched)].filter((name) => !shown.has(name))).to.have.members(alone);
  });

  it('reads metrics in the region of the environment, and those of the CDN in us-east-1', () => {
    for (const { properties } of graphs) {
      const isEdge = properties.metrics.some(([namespace]: string[]) => namespace === 'AWS/CloudFront');
      expect(properties.region, properties.title).to.equal(isEdge ? 'us-east-1' : DEPLOYMENT.region);
    }
  });

  it('has no row for the CDN if there is none', () => {
    const without = platform({ cdn: { ...SETTINGS.cdn, enabled: false } });
    expect(JSON.stringify(widgetsOf(without))).to.not.include('CloudFront');
    expect(widgetsOf(without).length).to.be.below(widgets.length);
  });

  it('uses only existing lines in expressions', () => {
    for (const { properties } of graphs) {
      const ids = properties.metrics.flatMap((line: Arguments[]) => line.at(-1)?.id ?? []);
      expect(new Set(ids).size).to.equal(ids.length);
      for (const [{ expression }] of properties.metrics.filter(([first]: Arguments[]) => first?.expression)) {
        expect(ids).to.include.members(expression.match(/\bm\d+\b/g));
      }
    }
  });

  it('marks the values of the settings', () => {
    const marks = graphs.flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
    expect(marks).to.deep.include({ label: 'secondsPerMessage', value: SETTINGS.workers.secondsPerMessage });
    expect(marks).to.deep.include({ label: 'alarm', value: lateSeconds(SETTINGS.workers) });
  });
});
