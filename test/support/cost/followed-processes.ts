import type {
  MessageInWork,
  RunningTask,
  TaskProcesses,
  WorkParts,
} from '../../../scripts/cost/simulation/task-processes.ts';

interface Process {
  message: MessageInWork | undefined;
}

interface FollowedTask extends RunningTask {
  readonly each: readonly Process[];
}

/** The plain form of the processes of the simulation: each is a thing of its own, which has one message at a time, and knows which. */
export function followedProcesses({ queue, service, waits, random }: WorkParts): TaskProcesses {
  const all = new Set<Process>();
  let done = 0;

  function finish(tick: number): void {
    for (const process of all) {
      if (process.message?.ends !== tick) continue;
      process.message = undefined;
      done += 1;
    }
  }

  function begin(tick: number): void {
    if (queue.visible() === 0) return;
    const idle = [...all].filter(({ message }) => !message);
    while (idle.length > 0) {
      const arrived = queue.take();
      if (arrived === undefined) return;
      const [process] = idle.splice(Math.floor(random() * idle.length), 1);
      waits.add(tick - arrived);
      service(1, (ticks) => {
        if (process) process.message = { arrived, began: tick, ends: tick + ticks };
      });
    }
  }

  return {
    start(processes) {
      const each = Array.from({ length: processes }, (): Process => ({ message: undefined }));
      for (const process of each) all.add(process);
      return { processes, each } as FollowedTask;
    },
    stop(task) {
      const { each } = task as FollowedTask;
      for (const process of each) all.delete(process);
      return each.flatMap(({ message }) => message ?? []);
    },
    advance(tick) {
      finish(tick);
      begin(tick);
    },
    inWork: () => [...all].filter(({ message }) => message).length,
    done: () => done,
  };
}
