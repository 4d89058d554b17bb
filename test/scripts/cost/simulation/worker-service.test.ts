import { expect } from 'chai';
import {
  createInstanceGroup,
  fillGroup,
  type InstanceGroup,
} from '../../../../scripts/cost/simulation/instance-group.ts';
import { createMessageQueue, type MessageQueue } from '../../../../scripts/cost/simulation/message-queue.ts';
import { createTaskProcesses } from '../../../../scripts/cost/simulation/task-processes.ts';
import { toTicks } from '../../../../scripts/cost/simulation/ticks.ts';
import { createWaitCounts } from '../../../../scripts/cost/simulation/wait-counts.ts';
import {
  advanceService,
  createWorkerService,
  drainTasks,
  loseTasks,
  messagesOf,
  runningTasks,
  unplacedTasks,
  type WorkerService,
} from '../../../../scripts/cost/simulation/worker-service.ts';
import { simulatedWorkers } from '../../../support/cost/simulated-workers.ts';

const TICKS = 100;
const END = toTicks(1000, TICKS);
/** The second in which the task runs and has begun its messages, each of which takes so many seconds. */
const BEGUN = 300;

/** One task with four processes on one instance, and six messages. */
function busyTask(serviceSeconds: number): {
  service: WorkerService;
  group: InstanceGroup;
  queue: MessageQueue;
  work(second: number): void;
} {
  const queue = createMessageQueue(END);
  const waits = createWaitCounts(END, TICKS);
  const service = createWorkerService(
    createInstanceGroup(simulatedWorkers({ messagesPerSecond: 1, hours: 1 }), () => 0.5),
    createTaskProcesses({
      ...{ queue, waits, random: () => 0.5, longest: toTicks(serviceSeconds, TICKS) },
      service: (messages, each) => each(toTicks(serviceSeconds, TICKS), messages),
    }),
    { queue, waits, random: () => 0.5 },
  );
  const { group } = service;
  const work = (second: number): void => {
    queue.release(toTicks(second, TICKS));
    advanceService(service, second);
    service.processes.advance(toTicks(second, TICKS));
  };
  group.desired = 1;
  service.desired = 1;
  fillGroup(group, 0);
  for (let second = 0; second < BEGUN; second += 1) work(second);
  queue.arrive(toTicks(BEGUN, TICKS), 6);
  work(BEGUN);
  return { service, group, queue, work };
}

describe('the simulated service', () => {
  it('runs a task when its instance has booted and pulled the image', () => {
    const { service, queue } = busyTask(10);
    expect([runningTasks(service), unplacedTasks(service)]).to.deep.equal([1, 0]);
    expect([messagesOf(service).inWork, queue.visible()]).to.deep.equal([4, 2]);
  });

  it('lets a task that drains finish what it has, and take nothing more', () => {
    const { service, group, queue, work } = busyTask(50);
    drainTasks(service, group.instances, BEGUN + 1);
    work(BEGUN + 50);
    work(BEGUN + 51);
    expect([messagesOf(service).done, queue.visible(), service.lostSeconds]).to.deep.equal([4, 2, 0]);
  });

  it('gives back after 90 seconds what a task that drains has not finished, visible at once', () => {
    const { service, group, queue, work } = busyTask(200);
    drainTasks(service, group.instances, BEGUN + 10);
    work(BEGUN + 99);
    expect([messagesOf(service).inWork, queue.visible()]).to.deep.equal([4, 2]);
    work(BEGUN + 100);
    queue.release(toTicks(BEGUN + 100, TICKS));
    expect([messagesOf(service).inWork, queue.visible(), queue.hidden()]).to.deep.equal([0, 6, 0]);
    expect(service.lostSeconds).to.equal(400);
  });

  it('hides what a lost task held until its lease ends, 20 to 30 seconds later', () => {
    const { service, group, queue } = busyTask(200);
    loseTasks(service, group.instances, BEGUN + 10);
    expect([queue.visible(), queue.hidden(), service.lostSeconds]).to.deep.equal([0, 6, 40]);
    queue.release(toTicks(BEGUN + 34.99, TICKS));
    expect(queue.visible()).to.equal(0);
    queue.release(toTicks(BEGUN + 35, TICKS));
    expect(queue.visible()).to.equal(6);
  });
});
